import { answerAll, answerOne } from '../shared/flows/control.ts';
import { handlerOf } from '../shared/handler.ts';
import { asksOf } from '../shared/wire/control-request.ts';
import { controlPorts } from '../shared/wiring.ts';

/** Does for operators what needs the broker: by Invoke with an answer, by messages of `davit.control` without. */
export const handler = handlerOf(async (event, signal) => {
  const asked = asksOf(event);
  return 'queued' in asked
    ? answerAll(controlPorts(), asked.queued, signal)
    : answerOne(controlPorts(), asked.invoked);
});
