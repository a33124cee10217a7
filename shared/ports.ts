import type { ComparisonPlace } from './core/comparison.ts';
import type { DueKind } from './core/due.ts';
import type { Effect } from './core/effect.ts';
import type { RefusalCause, Sighting } from './core/fact.ts';
import type { LaunchOrder } from './core/launch-order.ts';
import type { BadPin, Pin, VersionRecord } from './core/release.ts';
import type { Request, Submission } from './core/request.ts';
import type { Phase, Task } from './core/task.ts';
import type { HostKind, Live, RefusedPin, Release, ToolState, VersionState } from './core/tool.ts';

/** How a write of a row ended; the loser learns who won. `invalid`: the table cannot hold this row, for what its message brought. */
export type Saved =
  | { readonly kind: 'saved' }
  | { readonly kind: 'lost'; readonly winner: Task | undefined }
  | { readonly kind: 'invalid'; readonly why: string };

/** What the index by phase tells of a row. */
export interface InPhase {
  readonly taskId: string;
  readonly run: number;
  readonly ecsTaskArn?: string;
  /** Set while ECS did not know the run at the last look. */
  readonly isMissed?: true;
}

/** The task table. Every function throws when the table cannot be reached, UnreadableRow for a row that it cannot read, and RefusedWrite for a write that it refuses for a reason that no message can cause: nothing else is a fault. */
export interface Tasks {
  /** Reads consistently. */
  readonly read: (taskId: string) => Promise<Task | undefined>;
  /** Writes a row that must not exist yet. */
  readonly create: (task: Task) => Promise<Saved>;
  /** Writes what differs between `was` and `next`, if the row still is at `was.revision`. */
  readonly save: (next: Task, was: Task) => Promise<Saved>;
  /** Ids of so many rows that were due by then (of all, for Infinity), oldest first within a shard; an index, so possibly stale. */
  readonly due: (kind: DueKind, by: number, limit: number) => Promise<readonly string[]>;
  /** So many rows in a phase, those first that were not written for longest; `next` says where to go on. An index, so possibly stale. */
  readonly inPhase: (
    phase: Phase,
    from: { readonly after?: string | undefined; readonly limit: number },
  ) => Promise<{ readonly rows: readonly InPhase[]; readonly next?: string }>;
}

/** Where the comparison stands, kept between sweeps; read as the beginning where it was never kept. Throws when the table cannot be reached. */
export interface ComparisonPlaces {
  readonly read: () => Promise<ComparisonPlace>;
  readonly save: (place: ComparisonPlace) => Promise<void>;
}

/** What ECS answered to a launch. It never throws: whatever is not an answer is a doubt. */
export type LaunchAnswer =
  | { readonly kind: 'accepted'; readonly ecsTaskArn: string }
  | { readonly kind: 'stopped'; readonly ecsTaskArn: string }
  | { readonly kind: 'conflict'; readonly ecsTaskArns: readonly string[] }
  | {
      readonly kind: 'doubt';
      readonly why: string;
      /** ECS did not answer at all. */
      readonly isSilent?: true;
    }
  | {
      readonly kind: 'refused';
      readonly cause: RefusalCause;
      readonly why: string;
      /** ECS keeps it under the token: every call with this order is answered so. Without it, it speaks of this call alone. */
      readonly isOfToken?: true;
    };

/** An ECS task that DescribeTasks found, with the name it was started by where its task definition is one of ours. */
export interface Described extends Sighting {
  readonly startedBy?: string;
  readonly createdAt?: number;
}

/** The cluster. Reads and stops throw when ECS cannot be reached. */
export interface Runs {
  /** RunTask, the order verbatim. */
  readonly launch: (order: LaunchOrder) => Promise<LaunchAnswer>;
  /** One DescribeTasks, at most 100 ARNs; more calls where ECS does not take one of them, which is then neither. `missing`: ECS does not know them (any more, or yet). */
  readonly describe: (
    ecsTaskArns: readonly string[],
  ) => Promise<{ readonly found: readonly Described[]; readonly missing: readonly string[] }>;
  /** ARNs of ECS tasks among which a run is, if ECS has it: those of its name that are meant to run, else all of its family that have stopped. */
  readonly traces: (order: LaunchOrder) => Promise<readonly string[]>;
  /** One ListTasks: up to 100 ARNs of the ECS tasks of the cluster that are meant to run, behind a `next` that an earlier call gave; undefined when ECS no longer knows that. */
  readonly list: (
    after?: string,
  ) => Promise<{ readonly ecsTaskArns: readonly string[]; readonly next?: string } | undefined>;
  /** StopTask; an ECS task that is gone already counts as stopped. */
  readonly stop: (ecsTaskArn: string, why: string) => Promise<void>;
}

/** How fast calls to ECS may come. */
export interface CallPace {
  /** Resolves when the next call may be made. */
  readonly next: () => Promise<void>;
  /** ECS refused a call as one too many. */
  readonly slowDown: () => void;
}

/** Looks tools up. It never throws: a source that cannot be reached is `away`. */
export interface Tools {
  readonly find: (tool: string) => Promise<ToolState>;
  readonly version: (tool: string, version: string) => Promise<VersionState>;
}

/** What release does to the world. Throws when SSM, ECR, ECS or the table cannot be reached. */
export interface Releases {
  readonly pins: () => Promise<{ readonly pins: readonly Pin[]; readonly bad: readonly BadPin[] }>;
  /** Claims the move of a tool's live record to these parameter versions; false when it is past them, or claimed by another. */
  readonly claim: (pin: Pin, now: number) => Promise<boolean>;
  /** Ends the claim: the parameter versions count as done. */
  readonly closeClaim: (pin: Pin) => Promise<void>;
  /** The image's digest, undefined when there is no such tag. */
  readonly imageDigest: (image: string, version: string) => Promise<string | undefined>;
  /** Of all that a version's task definitions would be registered from now. Pure. */
  readonly definitionDigest: (release: Omit<Release, 'definitions'>) => string;
  /** RegisterTaskDefinition for a host kind; answers the revision ARN, or why ECS refused. */
  readonly register: (
    release: Omit<Release, 'definitions'>,
    kind: HostKind,
  ) => Promise<{ readonly arn: string } | { readonly refused: string }>;
  readonly readVersion: (tool: string, version: string) => Promise<VersionRecord | undefined>;
  readonly saveVersion: (record: VersionRecord) => Promise<void>;
  readonly saveLive: (tool: string, live: Live) => Promise<void>;
}

/** How a publish ended. `unroutable`: no queue took it. Nothing throws. */
export type Sent =
  | { readonly kind: 'sent' }
  | { readonly kind: 'unroutable' }
  /** It will never be sent: the address is none, or makes the broker close what it is sent on. */
  | { readonly kind: 'refused'; readonly why: string }
  | {
      readonly kind: 'failed';
      readonly why: string;
      /** Nothing was answered: the whole peer cannot be reached, or just that queue, exchange or bus is silent. */
      readonly silent?: 'peer' | 'address';
      /** It was not even tried: the peer was silent a moment ago. */
      readonly isSkipped?: true;
    };

/** RabbitMQ. Publishes to Davit's own queues are confirmed and mandatory. */
export interface Broker {
  readonly ring: (taskId: string, run: number) => Promise<Sent>;
  /** A copy to `davit.dead`, with the reason. */
  readonly bury: (task: Task, effect: Effect & { kind: 'dead' }) => Promise<Sent>;
  /** To `davit.events`, routing key `<tool>.<what>`; nobody has to listen. */
  readonly announce: (task: Task, effect: Effect & { kind: 'notify' }) => Promise<Sent>;
  /** To the task's `reply_to`, with its correlation id. */
  readonly reply: (task: Task, effect: Effect & { kind: 'notify' }) => Promise<Sent>;
  /** A task message to `davit.tasks`, for `control`. */
  readonly submit: (taskId: string, body: Uint8Array, priority: number) => Promise<Sent>;
  /** Ready messages in `davit.tasks`, undefined when the broker cannot say. */
  readonly backlog: () => Promise<number | undefined>;
}

/** The EventBridge bus for ended tasks. */
export interface Bus {
  readonly put: (task: Task, effect: Effect & { kind: 'notify' }) => Promise<Sent>;
}

/** The EventBridge bus for refused pins. Nothing throws. */
export interface RefusalsBus {
  readonly put: (pin: RefusedPin) => Promise<Sent>;
}

/** Names of what is counted; one list, so that an alarm can be checked against it. */
export type Metric =
  | 'TasksCreated'
  | 'TasksRejected'
  | 'RunsLaunched'
  | 'RunsRefused'
  | 'RunsInDoubt'
  | 'DoorbellsWithoutRow'
  | 'MessagesDropped'
  | 'EventsWithoutRow'
  | 'EndedByEvent'
  | 'EndedBySweep'
  | 'RungBySweep'
  | 'RingsHeldBack'
  | 'GhostsStopped'
  | 'GhostsLeft'
  | 'UnknownTasks'
  | 'SweepSetbacks'
  | 'SweepLagMs'
  | 'EffectsLeft'
  | 'RepliesGivenUp'
  | 'PeersSilent'
  | 'ReleasesRefused'
  | 'StopsOverdue'
  | 'FieldsUnknown'
  | 'DefinitionsForeign'
  | 'RowsUnreadable'
  | 'ToolsUnreadable'
  | 'WritesRefused';

/** Counts. */
export type Meter = (name: Metric, amount?: number) => void;

/** Log facts: a name from the list of `shared/log.ts`, and what belongs to it. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  what: string,
  facts?: Readonly<Record<string, unknown>>,
) => void;

/** Time, from outside. */
export interface Clock {
  readonly now: () => number;
  /** Resolves after that time, or at once when the signal aborts. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Reads what a row keeps of its message: the request of a body that was accepted once. Pure; from `wire`. */
export type RequestOf = (payload: Uint8Array) => Request;

/** SHA-256 of a text, hex. Pure; from `node:crypto`. */
export type Sha256 = (text: string) => string;

/** A message body for `control`'s submit, checked as `dispatch` will check it. */
export type SubmissionOf = (taskId: string, body: Uint8Array) => Submission | { reason: string };
