import { sweep } from '../shared/flows/sweep.ts';
import { handlerOf } from '../shared/handler.ts';
import { sweepPorts } from '../shared/wiring/sweep.ts';

/** Visits every row that is due, and compares the table with the cluster. */
export const handler = handlerOf((_event, signal) => sweep(sweepPorts(signal), signal));
