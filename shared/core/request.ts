/** What a message asks for, parsed and checked on its own (whether the tool exists is dispatch's question). */
export interface Request {
  readonly tool: string;
  /** JSON text of an object, every number as the publisher wrote it. */
  readonly input: string;
  readonly tenant: string;
  readonly version?: string;
  readonly cpu?: number;
  readonly memoryMiB?: number;
}

/** What a message carries beside its body. */
export interface Envelope {
  readonly taskId: string;
  /** SHA-256 of the body, hex: the same id with another digest is another message. */
  readonly digest: string;
  /** SHA-256 of id and body, hex: the row of a message that cannot have one under its own id. */
  readonly strangerId: string;
  readonly payloadBytes: number;
  readonly priority: number;
  readonly replyTo?: string;
  readonly correlationId?: string;
  /** What else its publisher wrote beside the body: JSON, for its dead letter alone. */
  readonly messageProperties?: string;
}

/** A message that may become a task. */
export interface Submission extends Envelope {
  readonly request: Request;
  /** The body as it was delivered. */
  readonly payload: Uint8Array;
}

/** A message that never can: it gets a REJECTED row, with the body unless it is over 64 KB. */
export interface Rejection extends Envelope {
  readonly reason: string;
  readonly payload?: Uint8Array;
  readonly tool?: string;
}

/** What comes out of `davit.tasks`. */
export type Delivery =
  | { readonly kind: 'task'; readonly submission: Submission }
  | { readonly kind: 'unusable'; readonly rejection: Rejection }
  | { readonly kind: 'doorbell'; readonly taskId: string; readonly run: number };

/**
 * A message that the broker dropped. `request`: it asked `control` for something, where no one waits for the answer.
 */
export type Dropped =
  | {
      readonly kind: 'delivery';
      readonly delivery: Delivery;
      /** A sentence for its publisher. */
      readonly reason: string;
    }
  | { readonly kind: 'request'; readonly reason: string };

/** The same message, told as one that cannot be a task; `tool` names the one that it asks for, where there is such a tool. */
export const rejectionOf = (
  submission: Submission,
  { reason, tool }: { readonly reason: string; readonly tool?: string | undefined },
): Rejection => {
  const { request: _request, ...rest } = submission;
  return { ...rest, reason, ...(tool === undefined ? {} : { tool }) };
};
