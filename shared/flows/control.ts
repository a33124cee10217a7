import type { AnswerAddress, Ask, Asked, ControlAnswer } from '../core/control.ts';
import { errorMessage } from '../core/error-message.ts';
import type { Rejection } from '../core/request.ts';
import type { Sent } from '../ports.ts';
import type { AskPorts } from './ask-tasks.ts';
import { openSession, type Session } from './control-session.ts';
import { eachAtMost } from './pace.ts';
import { reject } from './reject.ts';

/** Messages that are worked on at the same time. */
const atOnce = 10;
/** After this time no more answers are sent. */
const answersMs = 10_000;
/** How long a failed batch waits before it goes back to its queue: without a wait it would come again at once. */
const faultWaitMs = 5_000;

/** Does one request, of an Invoke, and answers it. */
export const answerOne = async (
  ports: AskPorts,
  asked: Asked,
  signal?: AbortSignal,
): Promise<ControlAnswer> => {
  if ('reason' in asked) return { kind: 'refused', reason: asked.reason };
  const session = openSession(ports, signal);
  const answer = await session.answer(asked);
  await session.finish('none');
  return answer;
};

/**
 * Does the requests of a batch from `davit.control`, and answers those with a reply address. A message that can never be done
 * becomes a REJECTED row with a dead letter and a reply. Throws, after a wait, when a row could not be read or written, or the
 * broker did not take a task message: then the queue delivers the whole batch again, and what was done is done only once.
 */
export const answerAll = async (
  ports: AskPorts,
  asks: readonly Ask[],
  signal?: AbortSignal,
): Promise<void> => {
  const session = openSession(ports, signal);
  const letters: Letter[] = [];
  const outcomes = await eachAtMost(asks, atOnce, async (ask) => {
    if (signal?.aborted) throw new Error('there was no time left for this message');
    const answer = await answerMessage(ports, session, ask);
    const address = ask.kind === 'request' ? ask.address : undefined;
    if (answer && address) letters.push({ address, answer });
  });
  await session.finish('others');
  await sendEach(ports, letters, signal);
  const faults = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (faults.length === 0) return;
  await ports.clock.wait(faultWaitMs, signal);
  const [cause] = faults;
  throw new Error(
    `${faults.length} of ${asks.length} requests from davit.control failed and go back to it: ${errorMessage(cause)}`,
    { cause },
  );
};

interface Letter {
  readonly address: AnswerAddress;
  readonly answer: ControlAnswer;
}

/** The answer of a request; undefined when the message got a REJECTED row instead, which has a reply of its own. */
const answerMessage = async (
  ports: AskPorts,
  session: Session,
  ask: Ask,
): Promise<ControlAnswer | undefined> => {
  if (ask.kind === 'unusable') return refuse(ports, ask.rejection);
  const answer = await session.answer(ask.request);
  if (answer.kind === 'refused') return refuse(ports, { ...ask.message, reason: answer.reason });
  const fault = faultIn(answer);
  if (fault !== undefined) throw new Error(fault);
  logRefused(ports, answer);
  return answer;
};

const refuse = async (ports: AskPorts, rejection: Rejection): Promise<undefined> => {
  ports.meter('AsksRefused');
  ports.log('warn', 'control.refused', { why: rejection.reason });
  await reject(ports, rejection);
};

/** What a later delivery of the same message may do better. */
const faultIn = (answer: ControlAnswer): string | undefined => {
  if (answer.kind === 'failed') return answer.why;
  if (answer.kind !== 'tasks') return undefined;
  const failed = answer.tasks.find(({ how }) => how === 'failed');
  return failed && `task ${failed.taskId}: ${failed.says}`;
};

const logRefused = ({ meter, log }: AskPorts, answer: ControlAnswer): void => {
  if (answer.kind !== 'tasks') return;
  for (const { taskId, how, says } of answer.tasks) {
    if (how !== 'refused') continue;
    meter('AsksRefused');
    log('warn', 'control.refused', { taskId, why: says });
  }
};

/**
 * The rows have what was asked: an answer that cannot be sent is counted and logged, and nothing is done again for it. A reply
 * queue that does not answer must not use up the time of the batch.
 */
const sendEach = async (
  { broker, clock, meter, log }: AskPorts,
  letters: readonly Letter[],
  signal: AbortSignal | undefined,
): Promise<void> => {
  const until = clock.now() + answersMs;
  await eachAtMost(letters, atOnce, async ({ address, answer }) => {
    const isLate = signal?.aborted === true || clock.now() >= until;
    const sent = isLate ? tooLate : await broker.answer(address, answer);
    if (sent.kind === 'sent') return;
    meter('AnswersLost');
    const why = sent.kind === 'unroutable' ? 'its queue does not exist' : sent.why;
    log('warn', 'control.unanswered', { queue: address.replyTo, why });
  });
};

const tooLate: Sent = { kind: 'failed', why: 'there was no time left for it' };
