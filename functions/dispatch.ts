import { dispatchAll } from '../shared/flows/dispatch.ts';
import { handlerOf } from '../shared/handler.ts';
import { deliveriesOf } from '../shared/wire/rabbit-event.ts';
import { launchPorts, replyPrefix } from '../shared/wiring.ts';

/** Takes a batch off `davit.tasks`: each message becomes a row, and each row that may runs. */
export const handler = handlerOf((event, signal) => {
  const ports = launchPorts(signal);
  return dispatchAll(deliveriesOf(event, replyPrefix()), ports, signal);
});
