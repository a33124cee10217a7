/** What is asked of `control`, by Lambda Invoke. */
export type ControlRequest =
  | {
      readonly ask: 'submit';
      readonly taskId: string;
      /** The message's body, published as it stands: its digest is the caller's too. */
      readonly body: string;
      /** 0–9. */
      readonly priority: number;
    }
  | { readonly ask: 'backlog' };

/** One thing that is asked of it, or the sentence that refuses it. */
export type Asked = ControlRequest | { readonly reason: string };

/** What it answers. */
export type ControlAnswer =
  /** The broker has confirmed the message. */
  | { readonly kind: 'submitted'; readonly taskId: string }
  /** The message could never be a task; nothing was published. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Ready messages in `davit.tasks`; absent when the broker does not say. */
  | { readonly kind: 'backlog'; readonly ready?: number }
  /** The broker could not be reached, or did not confirm: nothing is known to be published. */
  | { readonly kind: 'failed'; readonly why: string };
