import { handlerOf } from '../shared/handler.ts';
import { declareBroker } from '../shared/wiring/topology.ts';

/** Declares the broker's queues, exchanges and users, and answers in which state it found each. */
export const handler = handlerOf((_event, signal) => declareBroker(signal));
