import { handlerOf } from '../shared/handler.ts';
import { topologyDeclared } from '../shared/wiring.ts';

/** Declares the broker's queues, exchanges and users, and answers how each was found. */
export const handler = handlerOf((_event, signal) => topologyDeclared(signal));
