import type { Asked, ControlAnswer, ControlRequest } from '../core/control.ts';
import type { Broker, Clock, Log, Sent, SubmissionOf } from '../ports.ts';

/** What it takes to answer. */
export interface ControlPorts {
  readonly broker: Broker;
  readonly submissionOf: SubmissionOf;
  readonly log: Log;
  readonly clock: Clock;
}

/** How long a batch that failed waits before it is given back: no hot loop. */
const faultWaitMs = 5_000;

/** Answers who waits for it. */
export const answerOne = async (ports: ControlPorts, asked: Asked): Promise<ControlAnswer> =>
  'reason' in asked ? { kind: 'refused', reason: asked.reason } : control(ports, asked);

/** Does what messages ask, where nobody waits for an answer. Throws, after a wait, when one could not be done: then all come again. */
export const answerAll = async (
  ports: ControlPorts,
  asks: readonly Asked[],
  signal?: AbortSignal,
): Promise<void> => {
  const failures: string[] = [];
  for (const asked of asks) {
    const answer = await answerOne(ports, asked);
    if (answer.kind === 'refused') ports.log('warn', 'control.refused', { why: answer.reason });
    if (answer.kind === 'failed') failures.push(answer.why);
  }
  if (failures.length === 0) return;
  await ports.clock.wait(faultWaitMs, signal);
  throw new Error(
    `${failures.length} of ${asks.length} messages of davit.control could not be done: ${failures[0]}`,
  );
};

/** Does what needs the broker for those who cannot reach it. A task message is checked here as dispatch will check it. */
export const control = (ports: ControlPorts, request: ControlRequest): Promise<ControlAnswer> => {
  switch (request.ask) {
    case 'submit':
      return submit(ports, request);
    case 'backlog':
      return backlog(ports);
  }
};

const submit = async (
  { broker, submissionOf }: ControlPorts,
  { taskId, body, priority }: ControlRequest & { ask: 'submit' },
): Promise<ControlAnswer> => {
  const bytes = new TextEncoder().encode(body);
  const submission = submissionOf(taskId, bytes);
  if ('reason' in submission) return { kind: 'refused', reason: submission.reason };
  const sent = await broker.submit(taskId, bytes, priority);
  return sent.kind === 'sent'
    ? { kind: 'submitted', taskId }
    : { kind: 'failed', why: whyNot(sent) };
};

const whyNot = (sent: Exclude<Sent, { kind: 'sent' }>): string =>
  sent.kind === 'unroutable'
    ? 'davit.tasks did not take the message: run topology, which declares the queue'
    : `the broker did not take the message: ${sent.why}`;

const backlog = async ({ broker }: ControlPorts): Promise<ControlAnswer> => {
  const ready = await broker.backlog();
  return { kind: 'backlog', ...(ready === undefined ? {} : { ready }) };
};
