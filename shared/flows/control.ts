import type { Broker, Sent, SubmissionOf } from '../ports.ts';

/** What an operator or the command line asks for. */
export type ControlRequest =
  | {
      readonly action: 'submit';
      readonly taskId: string;
      readonly body: Uint8Array;
      readonly priority: number;
    }
  | { readonly action: 'backlog' };

/** What they are answered. */
export type ControlAnswer =
  | { readonly ok: true; readonly taskId?: string; readonly backlog?: number }
  | { readonly ok: false; readonly why: string };

/** What it takes to answer. */
export interface ControlPorts {
  readonly broker: Broker;
  readonly submissionOf: SubmissionOf;
}

/** Does what needs the broker for those who cannot reach it. A task message is checked here as dispatch will check it. */
export const control = (ports: ControlPorts, request: ControlRequest): Promise<ControlAnswer> => {
  switch (request.action) {
    case 'submit':
      return submit(ports, request);
    case 'backlog':
      return backlog(ports);
  }
};

const submit = async (
  { broker, submissionOf }: ControlPorts,
  { taskId, body, priority }: ControlRequest & { action: 'submit' },
): Promise<ControlAnswer> => {
  const submission = submissionOf(taskId, body);
  if ('reason' in submission) return { ok: false, why: submission.reason };
  const sent = await broker.submit(taskId, body, priority);
  return sent.kind === 'sent' ? { ok: true, taskId } : { ok: false, why: whyNot(sent) };
};

const whyNot = (sent: Exclude<Sent, { kind: 'sent' }>): string =>
  sent.kind === 'unroutable'
    ? 'davit.tasks did not take the message: run topology, which declares the queue'
    : `the broker did not take the message: ${sent.why}`;

const backlog = async ({ broker }: ControlPorts): Promise<ControlAnswer> => {
  const ready = await broker.backlog();
  return ready === undefined
    ? { ok: false, why: 'the broker does not say how many messages wait' }
    : { ok: true, backlog: ready };
};
