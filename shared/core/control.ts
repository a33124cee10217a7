import type { Rejection } from './request.ts';

/** A task message that is to be published. */
export interface Submitting {
  readonly taskId: string;
  /** The message's body. It is published without a change, so that its digest is the one that the caller knows. */
  readonly body: string;
  /** 0–9. */
  readonly priority: number;
}

/** A task that is to be redriven. */
export interface Redriven {
  readonly taskId: string;
  /** Its last run: when the task has had a later one meanwhile, it is not redriven. */
  readonly run?: number;
}

/** A request to `control`, by Lambda Invoke or by a message on `davit.control`. */
export type ControlRequest =
  | {
      readonly ask: 'submit';
      readonly taskId: string;
      readonly body: string;
      readonly priority: number;
    }
  | {
      /** By Invoke alone: what is sent to a queue is sent to `davit.tasks` itself. */
      readonly ask: 'submitMany';
      /** 1 to 100 messages. */
      readonly tasks: readonly Submitting[];
    }
  | {
      readonly ask: 'cancel';
      /** 1 to 100 ids. */
      readonly taskIds: readonly string[];
      /** The reason for the publishers. */
      readonly why?: string;
    }
  | {
      readonly ask: 'redrive';
      /** 1 to 100 tasks. */
      readonly tasks: readonly Redriven[];
      /** The next run has the version of the last one, instead of the one that is live. */
      readonly sameVersion: boolean;
    }
  | { readonly ask: 'backlog' };

/** A request, or the sentence that refuses it. */
export type Asked = ControlRequest | { readonly reason: string };

/** Where the answer of a message goes. */
export interface AnswerAddress {
  readonly replyTo: string;
  readonly correlationId?: string;
}

/** A message of `davit.control`: a request, or a message that is none. */
export type Ask =
  | {
      readonly kind: 'request';
      readonly request: ControlRequest;
      readonly address?: AnswerAddress;
      /** The message, for the row that it gets when its request is refused as a whole. */
      readonly message: Omit<Rejection, 'reason'>;
    }
  | { readonly kind: 'unusable'; readonly rejection: Rejection };

/** What became of a request for one task. */
export interface TaskAnswer {
  readonly taskId: string;
  /**
   * `done`: the row holds the request, now or since an earlier one, or the broker has confirmed the message. `refused`: nothing changed, and the same request never will
   * change anything. `failed`: its row could not be read or written, or the message was not confirmed; ask again.
   */
  readonly how: 'done' | 'refused' | 'failed';
  /** A sentence that says what happens now, or why nothing does. */
  readonly says: string;
}

/** The answer of `control`. */
export type ControlAnswer =
  /** The broker has confirmed the message. */
  | { readonly kind: 'submitted'; readonly taskId: string }
  /** What became of each task that was to be cancelled, redriven or submitted with others, in the order of the request. */
  | { readonly kind: 'tasks'; readonly tasks: readonly TaskAnswer[] }
  /** The message cannot be a task; nothing was published. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Ready messages in `davit.tasks`, and in `davit.doorbells`; absent when the broker does not report them. */
  | { readonly kind: 'backlog'; readonly ready?: number; readonly doorbells?: number }
  /** The broker could not be reached, or did not confirm: it is not known whether the message was published. */
  | { readonly kind: 'failed'; readonly why: string };
