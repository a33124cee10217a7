import type { Asked, ControlAnswer, ControlRequest } from '../core/control.ts';
import { present } from '../core/present.ts';
import type { Broker, Clock, Log, SubmissionOf } from '../ports.ts';
import { submit, submitMany } from './submit.ts';

/** What it takes to answer. */
export interface ControlPorts {
  readonly broker: Broker;
  readonly submissionOf: SubmissionOf;
  readonly log: Log;
  readonly clock: Clock;
}

/** How long a failed batch waits before it goes back to its queue: without a wait it would come again at once. */
const faultWaitMs = 5_000;

/** Does one request and answers it. */
export const answerOne = async (ports: ControlPorts, asked: Asked): Promise<ControlAnswer> =>
  'reason' in asked ? { kind: 'refused', reason: asked.reason } : control(ports, asked);

/** Does the requests of messages, which get no answer. Throws, after a wait, when one failed: then the queue delivers all of them again. */
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
    `${failures.length} of ${asks.length} requests from davit.control failed and go back to it: ${failures[0]}`,
  );
};

/** Does a request that needs the broker. A task message is checked here as dispatch will check it. */
export const control = (ports: ControlPorts, request: ControlRequest): Promise<ControlAnswer> => {
  switch (request.ask) {
    case 'submit':
      return submit(ports, request);
    case 'submitMany':
      return submitMany(ports, request.tasks);
    case 'backlog':
      return backlog(ports);
  }
};

const backlog = async ({ broker }: ControlPorts): Promise<ControlAnswer> => {
  const ready = await broker.backlog();
  return { kind: 'backlog', ...present({ ready }) };
};
