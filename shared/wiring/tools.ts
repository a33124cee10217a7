import { ssmTools, type ToolsCache } from '../aws/tools.ts';
import { versionItems } from '../aws/version-items.ts';
import { logUnreadable } from '../flows/log-unreadable.ts';
import { log } from '../log.ts';
import { meter } from '../metrics.ts';
import type { Tools } from '../ports.ts';
import { dynamodb, quickSsm } from './clients.ts';
import { clock } from './clock.ts';

/** For `dispatch` and `sweep`: the tools and their versions. */
export const toolsOf = (
  { table, prefix }: { readonly table: string; readonly prefix: string },
  signal: AbortSignal,
): Tools =>
  ssmTools({
    client: quickSsm(),
    prefix,
    readVersion: versionItems({ client: dynamodb(), table, signal }).readVersion,
    now: clock.now,
    logUnreadable: (name, facts) => logUnreadable({ meter, log }, name, facts),
    cache,
    signal,
  });

/** The tools that were looked up lately, kept from one invocation to the next. */
const cache: ToolsCache = new Map();
