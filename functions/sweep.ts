import { openChanged } from '../shared/flows/open-changed.ts';
import { sweep } from '../shared/flows/sweep.ts';
import { handlerOf } from '../shared/handler.ts';
import { parameterChangeOf } from '../shared/wire/parameter-change.ts';
import { sweepPorts } from '../shared/wiring/sweep.ts';

/** Visits every row that is due, and compares the table with the cluster. When a parameter has changed, it only looks at what waits for that. */
export const handler = handlerOf((event, signal) => {
  const ports = sweepPorts(signal);
  const changed = parameterChangeOf(event);
  return changed === undefined ? sweep(ports, signal) : openChanged(ports, changed, signal);
});
