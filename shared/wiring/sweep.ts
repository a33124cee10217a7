import { randomUUID } from 'node:crypto';
import { comparisonPlaces } from '../aws/comparison-place.ts';
import { limitItems } from '../aws/limit-items.ts';
import { configOf, sweepIn } from '../config.ts';
import type { SweepPorts } from '../flows/sweep.ts';
import { once } from '../once.ts';
import { dynamodb } from './clients.ts';
import { toolLogs } from './logs.ts';
import { carryOutPortsOf, gatesOf, launchPace } from './rows.ts';
import { toolsOf } from './tools.ts';

const sweepConfig = /* @__PURE__ */ once(() => configOf(sweepIn));

/** For `sweep`. */
export const sweepPorts = (signal: AbortSignal): SweepPorts => {
  const { rows, prefix } = sweepConfig();
  const { stage, table } = rows;
  const gates = gatesOf(table, signal);
  return {
    ...carryOutPortsOf(rows, signal, gates),
    logs: toolLogs(signal),
    pace: launchPace(),
    stage,
    gates,
    tools: toolsOf({ table, prefix }, signal),
    place: comparisonPlaces({ client: dynamodb(), table, signal }),
    limits: limitItems({ client: dynamodb(), table, newId: randomUUID, signal }),
  };
};
