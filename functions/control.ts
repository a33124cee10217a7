import { answerAll, answerOne } from '../shared/flows/control.ts';
import { rejectDropped } from '../shared/flows/dropped.ts';
import { handlerOf } from '../shared/handler.ts';
import { asksOf } from '../shared/wire/control-request.ts';
import { carryOutPorts, controlPorts, replyPrefix } from '../shared/wiring.ts';

/**
 * Does for operators what needs the broker: by Invoke with an answer, by messages of `davit.control` without. And makes of
 * what the broker dropped, which `davit.dropped` brings, rows that say so.
 */
export const handler = handlerOf(async (event, signal) => {
  const asked = asksOf(event, replyPrefix());
  if ('dropped' in asked) return rejectDropped(asked.dropped, carryOutPorts(signal), signal);
  return 'queued' in asked
    ? answerAll(controlPorts(), asked.queued, signal)
    : answerOne(controlPorts(), asked.invoked);
});
