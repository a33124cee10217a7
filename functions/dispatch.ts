import { dispatchAll } from '../shared/flows/dispatch.ts';
import { handlerOf } from '../shared/handler.ts';
import { deliveriesOf } from '../shared/wire/rabbit-event.ts';
import { replyPrefix } from '../shared/wiring/broker.ts';
import { launchPorts } from '../shared/wiring/dispatch.ts';

/** Takes a batch from `davit.tasks` or `davit.doorbells`: each message becomes a row, and each row that may run is launched. */
export const handler = handlerOf((event, signal) => {
  const ports = launchPorts(signal);
  return dispatchAll(deliveriesOf(event, replyPrefix()), ports, signal);
});
