import type { Dropped, Effect, Endpoint } from './effect.ts';
import type { LaunchOrder } from './launch-order.ts';
import type { RunRecord } from './run-record.ts';
import type {
  Doubt,
  Hold,
  OutboxTrouble,
  RepliesGivenUp,
  Stopping,
  WaitingNotice,
} from './task-parts.ts';
import type { Placement, Release } from './tool.ts';

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
  /** The other properties of the message, as JSON, only for its dead letter. */
  readonly messageProperties?: string;
  /** Set only when the tool is known. */
  readonly tool?: string;
  readonly askedVersion?: string;
  readonly askedCpu?: number;
  readonly askedMemoryMiB?: number;
  readonly askedTimeoutMs?: number;
  readonly askedNotBefore?: number;
  /** The `group` of the message (GROUP is a reserved word of DynamoDB). */
  readonly groupName?: string;
  /** The number of the next or current run: 1 at first, and it never falls. */
  readonly run: number;
  /** Runs that the tool was responsible for, since `queuedAt`. */
  readonly attempts: number;
  /** Runs that the platform reclaimed while they ran, since `queuedAt`. */
  readonly reclaims: number;
  /** The last twenty runs, oldest first. */
  readonly runs: readonly RunRecord[];
  readonly createdAt: number;
  readonly queuedAt: number;
  readonly updatedAt: number;
  /** The latest time for the task to run. */
  readonly startBy: number;
  readonly revision: number;
  readonly outbox: readonly Effect[];
  /** When the oldest effect was put into the outbox; a later time after the sweep could not carry it out. */
  readonly outboxSince?: number | undefined;
  readonly outboxTrouble?: OutboxTrouble | undefined;
  /** How many events were dropped because they could not be sent for long, by audience. */
  readonly eventsDropped?: Dropped | undefined;
  readonly repliesGivenUp?: RepliesGivenUp;
  /** The last lines of the last run that failed, or why they are not known, and which run that is. */
  readonly logTail?: string;
  readonly logTailMissing?: string;
  readonly logTailRun?: number;
  /** How many times in a row the sweep failed on this row, and until when the sweep does not visit it. */
  readonly setbacks: number;
  readonly deferredUntil?: number | undefined;
}

/** What every row has that has not ended. */
export interface Launchable extends Common {
  readonly tool: string;
  readonly payload: Uint8Array;
  /** The release of the task's first launch, which it keeps. */
  readonly release?: Release;
  /** The limit whose place the current run holds. */
  readonly place?: string;
  /** Whether a run was out of memory, so that the next ones have double memory. */
  readonly memoryDoubled: boolean;
  readonly waitingNotice?: WaitingNotice;
}

/** The task waits to be launched as run `run`. */
export interface Queued extends Launchable {
  readonly phase: 'QUEUED';
  readonly hold?: Hold;
  readonly notBefore?: number;
  /** `startBy` was set before the tool's spec could be read: it is set again when the spec can be read. */
  readonly startByProvisional?: true;
  /** How many doorbells were rung for this run, and when the last one was rung. */
  readonly rings: number;
  readonly rungAt?: number;
}

/** What a run has said of its result, in a line of its log. A row has that of its current or last run. */
export interface Said {
  /** The JSON text of an object. */
  readonly result?: string;
  /** When the line was printed. */
  readonly resultAt?: number;
  /** Why there is no result: a sentence. */
  readonly resultMissing?: string;
}

interface Current extends Launchable, Said {
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

/** The task is over, unless an operator redrives it. */
export interface Ended extends Common, Said {
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
  /** The cancel came before the task's message. */
  readonly tombstone?: true;
}

/** A task that may have a container in ECS. */
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

/** Whether the row is a cancel that came before the task's message, and the message has not come yet. */
export const isTombstone = (task: Task): task is Ended =>
  isEnded(task) && task.tombstone === true && task.digest === '';
