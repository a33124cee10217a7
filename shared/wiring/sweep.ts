import { comparisonPlaces } from '../aws/comparison-place.ts';
import type { ComparePorts } from '../flows/compare-ports.ts';
import { dynamodb } from './clients.ts';
import { toolLogs } from './logs.ts';
import { carryOutPorts, launchPace, rowsConfig } from './rows.ts';

/** For `sweep`. */
export const sweepPorts = (signal: AbortSignal): ComparePorts => {
  const { stage, table } = rowsConfig();
  return {
    ...carryOutPorts(signal),
    logs: toolLogs(signal),
    pace: launchPace(),
    stage,
    place: comparisonPlaces({ client: dynamodb(), table, signal }),
  };
};
