import { sweepOrOpen } from '../shared/flows/sweep-or-open.ts';
import { handlerOf } from '../shared/handler.ts';
import { parameterChangeOf } from '../shared/wire/parameter-change.ts';
import { sweepPorts } from '../shared/wiring/sweep.ts';

/** Visits every row that is due, and compares the table with the cluster; for a changed parameter, opens what waits for it. */
export const handler = handlerOf((event, signal) =>
  sweepOrOpen(sweepPorts(signal), parameterChangeOf(event), signal),
);
