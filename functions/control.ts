import { answerAll, answerOne } from '../shared/flows/control.ts';
import { rejectDropped } from '../shared/flows/dropped.ts';
import { handlerOf } from '../shared/handler.ts';
import { asksOf } from '../shared/wire/control-request.ts';
import { replyPrefix } from '../shared/wiring/broker.ts';
import { controlPorts } from '../shared/wiring/control.ts';
import { carryOutPorts } from '../shared/wiring/rows.ts';

/**
 * Submits, cancels and redrives: for operators who invoke it, and for the messages of `davit.control`.
 * It also takes the messages that the broker dropped from `davit.dropped`, and writes a REJECTED row for each.
 */
export const handler = handlerOf(async (event, signal) => {
  const asked = asksOf(event, replyPrefix());
  if ('dropped' in asked) return rejectDropped(asked.dropped, carryOutPorts(signal), signal);
  return 'queued' in asked
    ? answerAll(controlPorts(signal), asked.queued, signal)
    : answerOne(controlPorts(signal), asked.invoked, signal);
});
