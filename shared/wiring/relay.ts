import { ownedRuns } from '../aws/owned-runs.ts';
import { runLinesTable } from '../aws/run-lines.ts';
import type { OwnedRun } from '../core/spoken-notice.ts';
import type { RelayPorts } from '../flows/relay.ts';
import { dynamodb } from './clients.ts';
import { carryOutPorts, rowsConfig } from './rows.ts';

/** The runs that were looked up lately, kept from one invocation to the next. */
const known = new Map<string, OwnedRun>();

/** For `relay`. */
export const relayPorts = (signal: AbortSignal): RelayPorts => {
  const items = { client: dynamodb(), table: rowsConfig().table, signal };
  return {
    ...carryOutPorts(signal),
    lines: runLinesTable(items),
    owners: ownedRuns(items),
    known,
    signal,
  };
};
