import type { ControlAnswer, Submitting, TaskAnswer } from '../core/control.ts';
import type { Broker, Sent, SubmissionOf } from '../ports.ts';

interface SubmitPorts {
  readonly broker: Broker;
  readonly submissionOf: SubmissionOf;
}

type SubmitAnswer = Extract<ControlAnswer, { kind: 'submitted' | 'refused' | 'failed' }>;

/** Publishes one task message. It is checked here as dispatch will check it. */
export const submit = async (
  { broker, submissionOf }: SubmitPorts,
  { taskId, body, priority }: Submitting,
): Promise<SubmitAnswer> => {
  const bytes = new TextEncoder().encode(body);
  const submission = submissionOf(taskId, bytes);
  if ('reason' in submission) return { kind: 'refused', reason: submission.reason };
  const sent = await broker.submit(taskId, bytes, priority);
  return sent.kind === 'sent'
    ? { kind: 'submitted', taskId }
    : { kind: 'failed', why: whyNot(sent) };
};

/** Publishes task messages at the same time, and answers for each of them, in their order. */
export const submitMany = async (
  ports: SubmitPorts,
  tasks: readonly Submitting[],
): Promise<ControlAnswer> => ({
  kind: 'tasks',
  tasks: await Promise.all(
    tasks.map(async (task) => taskAnswerOf(task.taskId, await submit(ports, task))),
  ),
});

const taskAnswerOf = (taskId: string, answer: SubmitAnswer): TaskAnswer => {
  if (answer.kind === 'submitted') return { taskId, how: 'done', says: 'it was submitted' };
  return answer.kind === 'refused'
    ? { taskId, how: 'refused', says: answer.reason }
    : { taskId, how: 'failed', says: answer.why };
};

const whyNot = (sent: Exclude<Sent, { kind: 'sent' }>): string =>
  sent.kind === 'unroutable'
    ? 'davit.tasks did not take the message: run topology, which declares the queue'
    : `the broker did not take the message: ${sent.why}`;
