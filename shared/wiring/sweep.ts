import { randomUUID } from 'node:crypto';
import { comparisonPlaces } from '../aws/comparison-place.ts';
import { limitItems } from '../aws/limit-items.ts';
import { ssmTools, type ToolsCache } from '../aws/tools.ts';
import { versionItems } from '../aws/version-items.ts';
import { configOf, sweepIn } from '../config.ts';
import type { SweepPorts } from '../flows/sweep.ts';
import { once } from '../once.ts';
import { dynamodb, quickSsm } from './clients.ts';
import { clock } from './clock.ts';
import { carryOutPortsOf, launchPace } from './rows.ts';

const sweepConfig = /* @__PURE__ */ once(() => configOf(sweepIn));

/** The tools with limits that were looked up lately. */
const cache: ToolsCache = new Map();

/** For `sweep`. */
export const sweepPorts = (signal: AbortSignal): SweepPorts => {
  const { rows, prefix } = sweepConfig();
  const { stage, table } = rows;
  const client = dynamodb();
  const { readVersion } = versionItems({ client, table, signal });
  return {
    ...carryOutPortsOf(rows, signal),
    pace: launchPace(),
    stage,
    place: comparisonPlaces({ client, table, signal }),
    limits: limitItems({ client, table, newId: randomUUID, signal }),
    tools: ssmTools({ client: quickSsm(), prefix, readVersion, now: clock.now, cache, signal }),
  };
};
