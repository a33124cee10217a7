import type { Endpoint } from './effect.ts';
import type { LaunchOrder } from './launch-order.ts';
import type { Rejection, Submission } from './request.ts';
import type { Hold, OutboxTrouble } from './task-parts.ts';
import type { Placement, Release } from './tool.ts';

/** What ECS says about why a task stopped; every part may be missing. */
export interface StopEvidence {
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  /** Of our container, found by its name. */
  readonly exitCode?: number;
  readonly containerReason?: string;
}

/** The state of an ECS task at one time, from an event or from DescribeTasks. */
export interface Sighting {
  readonly ecsTaskArn: string;
  /** `detail.version`: rises with every change of the ECS task. */
  readonly ecsVersion: number;
  readonly status: 'starting' | 'running' | 'stopped';
  readonly startedAt?: number;
  readonly endpoint?: Endpoint;
  readonly stop?: StopEvidence;
}

/** Why a launch was refused: no capacity, a release that cannot run, or a deployment that is not set up correctly. */
export type RefusalCause = 'capacity' | 'release' | 'deployment';

/** Everything that can happen to a task. A fact about a run names the run. */
export type Fact = CreatingFact | RowFact;

/** The facts of this kind. */
export type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;

/** A fact that makes a row where the table has none. */
export type CreatingFact =
  | {
      readonly kind: 'submitted';
      readonly submission: Submission;
      /** From the tool's spec; absent while the spec cannot be read. */
      readonly startWithinMs?: number;
    }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  | { readonly kind: 'cancelAsked'; readonly taskId: string; readonly reason?: string };

/** A fact that changes nothing where the table has no row. */
export type RowFact =
  | {
      readonly kind: 'held';
      readonly run: number;
      readonly hold: Hold;
      /** From the tool's spec; absent where the spec cannot be read. */
      readonly startWithinMs?: number;
      /** When the place that was reserved for the run was given up: it is free once the row is written. */
      readonly givenUpAt?: number;
    }
  | {
      readonly kind: 'objected';
      readonly run: number;
      readonly reason: string;
      /** There is no tool of this name: the row must not keep the name. */
      readonly unknownTool?: true;
    }
  | {
      readonly kind: 'launchDecided';
      readonly run: number;
      readonly release: Release;
      readonly placement: Placement;
      readonly order: LaunchOrder;
      readonly place?: string;
      /** The revision of the row that got the place: once the row has moved on, the place may be another's. */
      readonly placedAt?: number;
      readonly startWithinMs?: number;
    }
  | { readonly kind: 'accepted'; readonly run: number; readonly ecsTaskArn: string }
  | { readonly kind: 'doubted'; readonly run: number; readonly why: string }
  | {
      readonly kind: 'launchRefused';
      readonly run: number;
      readonly cause: RefusalCause;
      /** The refusal is valid for every call with this order, not only for the call that ECS answered. */
      readonly isOfToken?: true;
      readonly why: string;
    }
  | { readonly kind: 'seen'; readonly run: number; readonly sighting: Sighting }
  | { readonly kind: 'missing'; readonly run: number; readonly ecsTaskArn?: string }
  | { readonly kind: 'timePassed' }
  /** The gate of the row's hold may be open. */
  | { readonly kind: 'gateOpened'; readonly by: string }
  | {
      readonly kind: 'redriveAsked';
      /** Redrive it only if this is still its last run: then a second request for the same run changes nothing. */
      readonly run?: number;
      /** What its body says, for a rejected message: its row has nothing else of it. */
      readonly submission?: Submission;
      /** The next run has the version of the last one, instead of the one that is live. */
      readonly sameVersion?: true;
      /** Its doorbell is left to the sweep, which rings at most so many in a minute as ECS can launch. */
      readonly rungLater?: true;
      readonly startWithinMs?: number;
    }
  | {
      readonly kind: 'resultRead';
      readonly run: number;
      /** The ECS task in whose log it was read; absent where that cannot be doubted. */
      readonly ecsTaskArn?: string;
      /** When the line was printed. */
      readonly at?: number;
      /** The JSON text of an object. */
      readonly result?: string;
      /** Why there is no result: a sentence. */
      readonly missing?: string;
    }
  | {
      /** The last lines of a run that failed were read from its log, or could not be read. */
      readonly kind: 'logEndRead';
      readonly run: number;
      /** Lines with line feeds between them. */
      readonly logTail?: string;
      /** Why there are none: a sentence. */
      readonly missing?: string;
    }
  | {
      readonly kind: 'carriedOut';
      readonly ids: readonly string[];
      /** Replies that will never be sent, and why. */
      readonly refused?: readonly OutboxTrouble[];
      /** Effects that were tried at the same time and failed: they stay in the outbox, and the row says why. */
      readonly failures?: readonly OutboxTrouble[];
    }
  | { readonly kind: 'deferred'; readonly what: 'row'; readonly why: string }
  | {
      readonly kind: 'deferred';
      readonly what: 'outbox';
      /** Effects that could not be carried out, and why. */
      readonly failures: readonly OutboxTrouble[];
    };
