/** A task message that is to be published. */
export interface Submitting {
  readonly taskId: string;
  /** The message's body. It is published without a change, so that its digest is the one that the caller knows. */
  readonly body: string;
  /** 0–9. */
  readonly priority: number;
}

/** A request to `control`, by Lambda Invoke. */
export type ControlRequest =
  | (Submitting & { readonly ask: 'submit' })
  | {
      /** By Invoke alone: what is sent to a queue is sent to `davit.tasks` itself. */
      readonly ask: 'submitMany';
      /** 1 to 100 messages. */
      readonly tasks: readonly Submitting[];
    }
  | { readonly ask: 'backlog' };

/** A request, or the sentence that refuses it. */
export type Asked = ControlRequest | { readonly reason: string };

/** What became of a request for one task. */
export interface TaskAnswer {
  readonly taskId: string;
  /**
   * `done`: the broker has confirmed the message. `refused`: the message cannot be a task. `failed`: the broker has not confirmed it;
   * send it again.
   */
  readonly how: 'done' | 'refused' | 'failed';
  readonly says: string;
}

/** The answer of `control`. */
export type ControlAnswer =
  /** The broker has confirmed the message. */
  | { readonly kind: 'submitted'; readonly taskId: string }
  /** What became of each of many messages, in the order of the request. */
  | { readonly kind: 'tasks'; readonly tasks: readonly TaskAnswer[] }
  /** The message cannot be a task; nothing was published. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Ready messages in `davit.tasks`; absent when the broker does not report them. */
  | { readonly kind: 'backlog'; readonly ready?: number }
  /** The broker could not be reached, or did not confirm: it is not known whether the message was published. */
  | { readonly kind: 'failed'; readonly why: string };
