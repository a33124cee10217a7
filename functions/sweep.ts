import { sweep } from '../shared/flows/sweep.ts';
import { handlerOf } from '../shared/handler.ts';
import { sweepPorts } from '../shared/wiring.ts';

/** Looks at every row that is due, and at table and cluster against each other. */
export const handler = handlerOf((_event, signal) => sweep(sweepPorts(signal), signal));
