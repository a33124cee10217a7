import type { What } from './effect.ts';

// The columns of a row that are objects. `shared/wire/row-parts.ts` says how they are stored.

/**
 * What a QUEUED row waits for: `limit/<tool>`, `stage/<tool>`, `placement/<name>`, `deployment`, `tool/<name>`, `live/<tool>`,
 * `reach/<tool>`, `version/<tool>/<version>`.
 */
export interface Hold {
  readonly by: string;
  /** A word of hold-cause.ts. A text, because a later Davit may know more words. */
  readonly cause?: string;
  /** A sentence for the operator. */
  readonly why: string;
  readonly since: number;
  /** When the row is asked again by itself. Without it, the row waits with others for a gate, which rings for it. */
  readonly opensAt?: number;
}

/** The last event that has told why the task waits. */
export interface WaitingNotice {
  readonly cause: string;
  /** When it was sent, or is. */
  readonly at: number;
  /** How many there were in this wait, which ends when a container runs. */
  readonly times: number;
  /** The cause that was told before one that is still to be sent. */
  readonly before?: string;
}

/** Why a run is being stopped; saved before StopTask is called. */
export interface Stopping {
  readonly why: 'cancel' | 'timeout' | 'startTimeout' | 'startWithin';
  readonly at: number;
  /** When the last StopTask was asked for; it is repeated each minute. */
  readonly askedAt: number;
  readonly reason?: string;
}

/** Why it is not known whether ECS accepted a launch. */
export interface Doubt {
  readonly why: string;
  readonly at: number;
  readonly times: number;
}

/** Why the last try to carry out an effect failed. */
export interface OutboxTrouble {
  readonly id: string;
  readonly why: string;
}

/** Replies that the publisher's queue did not accept within a day: how many, and the last one. */
export interface RepliesGivenUp {
  readonly count: number;
  readonly what: Exclude<What, 'waiting'>;
  readonly queue: string;
  /** The broker's last error. */
  readonly why: string;
  readonly at: number;
}
