import { relay } from '../shared/flows/relay.ts';
import { handlerOf } from '../shared/handler.ts';
import { logDeliveryOf } from '../shared/wire/log-delivery.ts';
import { relayPorts } from '../shared/wiring/relay.ts';

/** Publishes what the tools say in their logs: progress, output, ready, and the result, which also goes into the row. */
export const handler = handlerOf((event, signal) =>
  relay(logDeliveryOf(event), relayPorts(signal)),
);
