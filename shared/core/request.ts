import { present } from './present.ts';

/** What a message asks for, parsed and checked alone; dispatch checks whether the tool exists. */
export interface Request {
  readonly tool: string;
  /** JSON text of an object, every number as the publisher wrote it. */
  readonly input: string;
  readonly tenant: string;
  readonly version?: string;
  readonly cpu?: number;
  readonly memoryMiB?: number;
  /** The longest time of a run, instead of the tool's. */
  readonly timeoutMs?: number;
  /** The task is not launched before this time. */
  readonly notBefore?: number;
  /** A label of the publisher: tasks are listed and cancelled by it. */
  readonly group?: string;
}

/** What a message has besides its body. */
export interface Envelope {
  readonly taskId: string;
  /** SHA-256 of the body, hex. Two messages with the same id and different digests are not the same message. */
  readonly digest: string;
  /** SHA-256 of id and body, hex: the id of the row where the message cannot have a row under its own id. */
  readonly strangerId: string;
  readonly payloadBytes: number;
  readonly priority: number;
  readonly replyTo?: string;
  readonly correlationId?: string;
  /** The other properties of the message, as JSON, only for its dead letter. */
  readonly messageProperties?: string;
}

/** A message that may become a task. */
export interface Submission extends Envelope {
  readonly request: Request;
  /** The body as it was delivered. */
  readonly payload: Uint8Array;
}

/** A message that cannot be a task: it gets a REJECTED row, with the body unless that is over 64 KB. */
export interface Rejection extends Envelope {
  readonly reason: string;
  readonly payload?: Uint8Array;
  readonly tool?: string;
}

/** A message of a publisher. */
export type Original =
  | { readonly kind: 'task'; readonly submission: Submission }
  | { readonly kind: 'unusable'; readonly rejection: Rejection };

/** What `davit.tasks` delivers. */
export type Delivery =
  | Original
  | { readonly kind: 'doorbell'; readonly taskId: string; readonly run: number }
  /** A dead letter that somebody put back. Its row had ended with this run. */
  | { readonly kind: 'returned'; readonly run: number; readonly delivery: Original };

/** A message that the broker dropped. A `request` was for `control`. */
export type Dropped =
  | {
      readonly kind: 'delivery';
      readonly delivery: Delivery;
      /** A sentence for its publisher. */
      readonly reason: string;
    }
  | { readonly kind: 'request'; readonly rejection: Rejection; readonly reason: string };

/** The message as one that cannot be a task. `tool` is the tool that it asks for, where that tool exists. */
export const rejectionOf = (
  submission: Submission,
  { reason, tool }: { readonly reason: string; readonly tool?: string | undefined },
): Rejection => {
  const { request: _request, ...rest } = submission;
  return { ...rest, reason, ...present({ tool }) };
};
