import type { Closure } from './core/closure.ts';
import type { ComparisonPlace } from './core/comparison.ts';
import type { AnswerAddress, ControlAnswer } from './core/control.ts';
import type { DueKind } from './core/due.ts';
import type { EffectOf, Notice } from './core/effect.ts';
import type { Gate } from './core/gate.ts';
import type { BrokenVersion } from './core/release.ts';
import type { Request, Submission } from './core/request.ts';
import type { LineOf, RefusedLine } from './core/run-lines.ts';
import type { Phase, Task } from './core/task.ts';
import type { ToolState, VersionState } from './core/tool.ts';
import type { Metric } from './ports/metric.ts';

/*
 * What the flows need from outside. More of it is in shared/ports/: the cluster (runs.ts), versions, the lines of runs, what `release`
 * needs (releases.ts), the pace of calls (call-pace.ts), and the names of what is counted (metric.ts).
 */

/** How a write of a row ended. `lost`: another writer was faster, and this is its row. `invalid`: the table cannot hold what the message brought. */
export type Saved =
  | { readonly kind: 'saved' }
  | { readonly kind: 'lost'; readonly winner: Task | undefined }
  | { readonly kind: 'invalid'; readonly why: string };

/** What the index by phase holds of a row. */
export interface InPhase {
  readonly taskId: string;
  readonly run: number;
  readonly tool?: string;
  readonly ecsTaskArn?: string;
  /** Set when ECS did not know the run the last time that it was asked. */
  readonly isMissed?: true;
}

/**
 * The task table. Every function throws when the table cannot be reached. It throws UnreadableRow for a row that this
 * version cannot read, and RefusedWrite when the table refuses a write for a reason that no message can cause.
 */
export interface Tasks {
  /** Reads consistently. */
  readonly read: (taskId: string) => Promise<Task | undefined>;
  /** Writes a row that must not exist yet. */
  readonly create: (task: Task) => Promise<Saved>;
  /** Writes the differences between `was` and `next`, if the row is still at `was.revision`. */
  readonly save: (next: Task, was: Task) => Promise<Saved>;
  /** The ids of at most `limit` rows that are due at the time `by` (Infinity: of all), oldest first within a shard. Read from an index, so possibly stale. */
  readonly due: (kind: DueKind, by: number, limit: number) => Promise<readonly string[]>;
  /** At most `limit` rows in a phase, those that were written least recently first; `next` is where the next call goes on. Read from an index, so possibly stale. */
  readonly inPhase: (
    phase: Phase,
    from: { readonly after?: string | undefined; readonly limit: number },
  ) => Promise<{ readonly rows: readonly InPhase[]; readonly next?: string }>;
}

/** A gate that the sweep looks at, and the rows that wait for it. */
export interface Waiters {
  /** Tenants in turn; of each tenant the oldest rows first, with their priority counted as age. */
  readonly taskIds: readonly string[];
  /** The tenant after which the next call goes on; absent when it begins again. */
  readonly afterTenant?: string;
}

/**
 * What rows wait for together. Throws when the table cannot be reached. Indexes may be a moment behind the table.
 */
export interface Gates {
  /**
   * Makes sure that the sweep looks at this gate; called before a row is held by it. An invocation that did so a moment
   * ago writes nothing, unless `isSure`.
   */
  readonly touch: (by: string, isSure?: boolean) => Promise<void>;
  /** At most `limit` gates of versions and `limit` others that the sweep has to look at, of each those that waited longest first. */
  readonly due: (limit: number) => Promise<readonly Gate[]>;
  /** Those of the named gates that the sweep has to look at. */
  readonly named: (names: readonly string[]) => Promise<readonly Gate[]>;
  /** At most `most` rows that wait for a gate. */
  readonly waiters: (gate: Gate, most: number) => Promise<Waiters>;
  /** The closure of a placement or of the deployment, a few seconds old at most; `isFresh`: as it is now. */
  readonly closure: (by: string, isFresh?: boolean) => Promise<Closure | undefined>;
  /** Writes a closure over the one that was read, and makes sure that the sweep looks at the gate. False when another writer was faster. */
  readonly saveClosure: (by: string, next: Closure) => Promise<boolean>;
  /** The gate was looked at: the other ones come first now, and the next rows are those after this tenant. */
  readonly looked: (gate: Gate, afterTenant: string | undefined) => Promise<void>;
  /** Nothing waits for the gate: it is not looked at again, unless it was touched since it was read. */
  readonly retire: (gate: Gate) => Promise<void>;
}

/** Keeps between sweeps how far the comparison came; before the first `save`, `read` answers the beginning. Throws when the table cannot be reached. */
export interface ComparisonPlaces {
  readonly read: () => Promise<ComparisonPlace>;
  readonly save: (place: ComparisonPlace) => Promise<void>;
}

/** What the end of a run's log says. `lines`: the last ones, oldest first, each cut. */
export interface LogEnd {
  readonly lines: readonly string[];
  /** The last line that says a result, or why it cannot be used. */
  readonly result?: LineOf<'result'> | RefusedLine;
}

/** The logs of the tools' containers. Throws when they cannot be reached, and NotAsked where a later invocation has to ask. */
export interface Logs {
  /** The end of the log of an ECS task, by one read of bounded size; undefined when there is no such log (yet). */
  readonly end: (ecsTaskArn: string) => Promise<LogEnd | undefined>;
}

/** Looks tools up. Never throws: `unreadable` means that SSM could not be reached, or that a record cannot be read. */
export interface Tools {
  readonly find: (tool: string) => Promise<ToolState>;
  readonly version: (tool: string, version: string) => Promise<VersionState>;
}

/** How a publish ended. `unroutable`: no queue took the message. */
export type Sent =
  | { readonly kind: 'sent' }
  | { readonly kind: 'unroutable' }
  /** It can never be sent: the address is not valid, or the broker closes the channel for it. */
  | { readonly kind: 'refused'; readonly why: string }
  | {
      readonly kind: 'failed';
      readonly why: string;
      /** There was no answer: from the whole peer, or only from that queue, exchange or bus. */
      readonly silent?: 'peer' | 'address';
      /** It was not tried, because the peer did not answer a moment ago. */
      readonly isSkipped?: true;
    };

/** RabbitMQ. Nothing throws. Messages to Davit's own queues are mandatory and confirmed. */
export interface Broker {
  /** A doorbell to `davit.doorbells`, or to `davit.tasks` while that queue does not exist. */
  readonly ring: (taskId: string, run: number) => Promise<Sent>;
  /** A copy to `davit.dead`, with the reason. */
  readonly bury: (task: Task, effect: EffectOf<'dead'>) => Promise<Sent>;
  /** To `davit.events` with the routing key `<tool>.<what>`. There may be no listener. */
  readonly announce: (task: Task, notice: Notice) => Promise<Sent>;
  /** To the task's `reply_to`, with its correlation id. */
  readonly reply: (task: Task, notice: Notice) => Promise<Sent>;
  /** An answer of `control` to the sender of a message. */
  readonly answer: (address: AnswerAddress, answer: ControlAnswer) => Promise<Sent>;
  /** A task message to `davit.tasks`, for `control`. */
  readonly submit: (taskId: string, body: Uint8Array, priority: number) => Promise<Sent>;
  /** The number of ready messages in `davit.tasks`; undefined when the broker does not answer. */
  readonly backlog: () => Promise<number | undefined>;
  /** The same for `davit.doorbells`; undefined also while that queue does not exist. */
  readonly doorbells: () => Promise<number | undefined>;
}

/** The EventBridge bus for ended tasks, and for versions that became broken. Nothing throws. */
export interface Bus {
  readonly put: (task: Task, effect: EffectOf<'notify'>) => Promise<Sent>;
  readonly putBroken: (version: BrokenVersion) => Promise<Sent>;
}

/** Adds to a metric: 1, unless an amount is given. */
export type Meter = (name: Metric, amount?: number) => void;

/** Logs one fact: a name from the list in `shared/log.ts`, and the values that belong to it. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  what: string,
  facts?: Readonly<Record<string, unknown>>,
) => void;

/** Counts and logs a record of a tool that cannot be read, under the log name of that kind of record. */
export type LogUnreadable = (
  name: 'spec.unreadable' | 'live.unreadable' | 'version.unreadable' | 'limit.unreadable',
  facts: { readonly tool: string; readonly why: string },
) => void;

/** The time. */
export interface Clock {
  readonly now: () => number;
  /** Resolves after that time, or at once when the signal aborts. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Parses the body that a row keeps of its message. Pure; from `wire`. Throws UnreadableRow when this version cannot read it. */
export type RequestOf = (payload: Uint8Array) => Request;

/** The SHA-256 of a text, in hex. Pure; from `node:crypto`. */
export type Sha256 = (text: string) => string;

/** Checks a body for `control`'s submit as `dispatch` will check it. Pure; from `wire`. */
export type SubmissionOf = (taskId: string, body: Uint8Array) => Submission | { reason: string };
