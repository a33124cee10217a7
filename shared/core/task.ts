import type { Effect, Endpoint, What } from './effect.ts';
import type { LaunchOrder } from './launch-order.ts';
import type { Dropped } from './outbox.ts';
import type { RunRecord } from './run-record.ts';
import type { Placement, Release } from './tool.ts';

/** What a QUEUED row waits for: `limit/<tool>`, `placement/<name>`, `tool/<name>`, `version/<tool>/<version>`, `deployment`. */
export interface Hold {
  readonly by: string;
  /** A sentence for the operator. */
  readonly why: string;
  readonly since: number;
  /** When it is known to open; else it is asked again after ten minutes. */
  readonly opensAt?: number;
}

/** Why a run is being stopped; saved before StopTask is called. */
export interface Stopping {
  readonly why: 'cancel' | 'timeout' | 'startTimeout' | 'startWithin';
  readonly at: number;
  /** When StopTask was last asked for; it is asked again each minute. */
  readonly askedAt: number;
  readonly reason?: string;
}

/** Why it is not known whether ECS took a launch. */
export interface Doubt {
  readonly why: string;
  readonly at: number;
  readonly times: number;
}

/** Why a consequence could not be carried out when that was last tried. */
export interface OutboxTrouble {
  readonly id: string;
  readonly why: string;
}

/** Replies that the publisher's queue did not take within a day: how many, and the last one. */
export interface RepliesGivenUp {
  readonly count: number;
  readonly what: What;
  readonly queue: string;
  /** The broker's last word. */
  readonly why: string;
  readonly at: number;
}

/** What every row has. */
export interface Common {
  readonly taskId: string;
  readonly digest: string;
  readonly payload?: Uint8Array;
  readonly payloadBytes: number;
  readonly tenant: string;
  readonly priority: number;
  readonly replyTo?: string;
  readonly correlationId?: string;
  /** What else the publisher wrote beside the body: JSON, for the dead letter alone. */
  readonly messageProperties?: string;
  /** Set only when the tool is known. */
  readonly tool?: string;
  readonly askedVersion?: string;
  readonly askedCpu?: number;
  readonly askedMemoryMiB?: number;
  /** Rises with every launch and never falls. 0 until the first one is asked for. */
  readonly run: number;
  /** Runs that the tool was answerable for, since the task was queued. */
  readonly attempts: number;
  /** Runs that the platform took back while running, since the task was queued. */
  readonly reclaims: number;
  /** The last twenty runs, oldest first. */
  readonly runs: readonly RunRecord[];
  readonly createdAt: number;
  readonly queuedAt: number;
  readonly updatedAt: number;
  /** When the task must run at the latest. */
  readonly startBy: number;
  readonly revision: number;
  readonly outbox: readonly Effect[];
  /** When the oldest effect of the outbox was put there; later, once the sweep could not carry it out. */
  readonly outboxSince?: number | undefined;
  readonly outboxTrouble?: OutboxTrouble | undefined;
  /** Events that were dropped since they could not be sent for long, by whom they were meant for. */
  readonly eventsDropped?: Dropped | undefined;
  readonly repliesGivenUp?: RepliesGivenUp;
  /** How often in a row the sweep failed on this row, and until when it leaves it alone. */
  readonly setbacks: number;
  readonly deferredUntil?: number | undefined;
}

/** What every row has that may still be launched. */
export interface Launchable extends Common {
  readonly tool: string;
  readonly payload: Uint8Array;
  /** What the task got at its first launch, and keeps. */
  readonly release?: Release;
  /** The limit whose place the current run holds. */
  readonly place?: string;
  /** Doubled once after an out-of-memory end. */
  readonly memoryDoubled: boolean;
}

/** In the table, to be launched as run `run`. */
export interface Queued extends Launchable {
  readonly phase: 'QUEUED';
  readonly hold?: Hold;
  readonly notBefore?: number;
  /** `startBy` was given before the tool's spec could be read: it is set again once that can be. */
  readonly startByProvisional?: true;
  /** Doorbells of this run, and when the last one was rung. */
  readonly rings: number;
  readonly rungAt?: number;
}

interface Current extends Launchable {
  readonly release: Release;
  readonly placement: Placement;
  readonly stopping?: Stopping;
  readonly missingSince?: number;
}

/** The order is saved; whether ECS has accepted it is not known yet. */
export interface Launching extends Current {
  readonly phase: 'LAUNCHING';
  readonly launchOrder: LaunchOrder;
  readonly doubt?: Doubt;
}

interface Accepted extends Current {
  readonly ecsTaskArn: string;
  readonly ecsVersion: number;
  readonly acceptedAt: number;
}

/** ECS has accepted the run; its container does not run yet. */
export interface Starting extends Accepted {
  readonly phase: 'STARTING';
}

/** The container runs. */
export interface Running extends Accepted {
  readonly phase: 'RUNNING';
  readonly startedAt: number;
  readonly endpoint?: Endpoint;
}

/** Over for good, unless an operator redrives it. */
export interface Ended extends Common {
  readonly phase: 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'REJECTED';
  readonly endedAt: number;
  readonly outcome: string;
  readonly release?: Release;
  readonly placement?: Placement;
  readonly ecsTaskArn?: string;
  readonly ecsVersion?: number;
  readonly startedAt?: number;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly result?: string;
  readonly logTail?: string;
  /** A cancel that came before the task did. */
  readonly tombstone?: true;
}

/** A task that ECS may have a container of. */
export type CurrentTask = Launching | Starting | Running;
/** One row of the task table. */
export type Task = Queued | Launching | Starting | Running | Ended;
export type Phase = Task['phase'];

/** Whether the task is over. */
export const isEnded = (task: Task): task is Ended =>
  task.phase === 'SUCCEEDED' ||
  task.phase === 'FAILED' ||
  task.phase === 'CANCELLED' ||
  task.phase === 'REJECTED';

/** Whether it is a cancel that came before its task, and that no delivery has taken over yet. */
export const isTombstone = (task: Task): task is Ended =>
  isEnded(task) && task.tombstone === true && task.digest === '';
