import { createHash } from 'node:crypto';
import { ssmTools, type ToolsCache } from '../aws/tools.ts';
import { configOf, launchIn } from '../config.ts';
import type { LaunchPorts } from '../flows/decide-launch.ts';
import { logUnreadable } from '../flows/log-unreadable.ts';
import { log } from '../log.ts';
import { meter } from '../metrics.ts';
import { once } from '../once.ts';
import { requestOf } from '../wire/message.ts';
import { quickSsm } from './clients.ts';
import { clock } from './clock.ts';
import { carryOutPortsOf, launchPace } from './rows.ts';

const launchConfig = /* @__PURE__ */ once(() => configOf(launchIn));

/** The tools that were looked up lately, kept from one invocation to the next. */
const cache: ToolsCache = new Map();

/** For `dispatch`. */
export const launchPorts = (signal: AbortSignal): LaunchPorts => {
  const { rows, prefix, site } = launchConfig();
  const ports = carryOutPortsOf(rows, signal);
  const { now } = clock;
  return {
    ...ports,
    pace: launchPace(),
    stage: rows.stage,
    tools: ssmTools({
      client: quickSsm(),
      prefix,
      readVersion: ports.versions.readVersion,
      now,
      logUnreadable: (name, facts) => logUnreadable({ meter, log }, name, facts),
      cache,
      signal,
    }),
    site: { ...site, providers: { cpu: 'FARGATE', 'cpu-spot': 'FARGATE_SPOT' } },
    requestOf,
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
  };
};
