import { logEnds } from '../aws/log-ends.ts';
import { configOf } from '../config.ts';
import { callPaceOf } from '../flows/call-pace.ts';
import { once } from '../once.ts';
import type { Logs } from '../ports.ts';
import { cloudWatchLogs } from './clients.ts';
import { clock } from './clock.ts';

/** The ends of the tools' logs, for one invocation of a function that may read them. */
export const toolLogs = (signal: AbortSignal): Logs =>
  logEnds({ client: cloudWatchLogs(), group: group(), pace: pace(), signal });

const group = /* @__PURE__ */ once(() => configOf((env) => env.logGroup()));

/** GetLogEvents takes 10 calls a second in the smaller regions, for the whole account (CloudWatch Logs quotas). */
const pace = /* @__PURE__ */ once(() =>
  callPaceOf(clock, { perSecond: 8, burst: 8, slowPerSecond: 4 }),
);
