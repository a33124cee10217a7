import type { Answer } from '../answer.ts';

export type QueueAction = 'SendMessage' | 'ReceiveMessage' | 'DeleteMessage';

/** One request: `input` is that of the SDK's command or the body on the wire, which the model checks. */
export interface QueueCall {
  readonly action: QueueAction;
  readonly input: unknown;
}

/** A message as ReceiveMessage answers it; the MD5 of the body is left out. */
export interface ReceivedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes: Readonly<Record<string, string>>;
}

export interface QueueOutput {
  readonly MessageId?: string;
  /** Absent when there is none, as at AWS. */
  readonly Messages?: readonly ReceivedMessage[];
}

export type QueueAnswer = Answer<QueueOutput>;

/** A standard queue: no order, and at least once. */
export interface QueueOptions {
  readonly name: string;
  /** 30 s is SQS's own default (SQS API reference, VisibilityTimeout). */
  readonly visibilityTimeoutMs: number;
  /** For messages that name no delay of their own. */
  readonly delayMs: number;
  /** Where a message goes that was received `maxReceiveCount` times and is visible again: the name of a queue of the same state. */
  readonly redrive?: { readonly deadQueue: string; readonly maxReceiveCount: number };
  /** The share of receipts, 0 to 1, after which the message stays visible: it comes twice. */
  readonly doubles: number;
}

/** The queues of one account and region, by name, as one plain JSON value that never changes in place. */
export interface QueuesState {
  readonly account: string;
  readonly region: string;
  readonly queues: Readonly<Record<string, Queue>>;
  readonly nextId: number;
}

export interface Queue {
  readonly options: QueueOptions;
  readonly messages: readonly QueuedMessage[];
}

export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  readonly visibleAt: number;
  readonly receives: number;
  readonly firstReceivedAt: number | null;
  /** That of the last receipt: only it deletes the message. */
  readonly receipt: string;
}
