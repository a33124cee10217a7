/** A request to `control`, by Lambda Invoke. */
export type ControlRequest =
  | {
      readonly ask: 'submit';
      readonly taskId: string;
      /** The message's body. It is published without a change, so that its digest is the one that the caller knows. */
      readonly body: string;
      /** 0–9. */
      readonly priority: number;
    }
  | { readonly ask: 'backlog' };

/** A request, or the sentence that refuses it. */
export type Asked = ControlRequest | { readonly reason: string };

/** The answer of `control`. */
export type ControlAnswer =
  /** The broker has confirmed the message. */
  | { readonly kind: 'submitted'; readonly taskId: string }
  /** The message cannot be a task; nothing was published. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Ready messages in `davit.tasks`; absent when the broker does not report them. */
  | { readonly kind: 'backlog'; readonly ready?: number }
  /** The broker could not be reached, or did not confirm: it is not known whether the message was published. */
  | { readonly kind: 'failed'; readonly why: string };
