import type { Endpoint } from './effect.ts';
import type { Rejection, Submission } from './request.ts';
import type { Hold, LaunchOrder, OutboxTrouble } from './task.ts';
import type { Placement, Release } from './tool.ts';

/** What ECS says of why a task stopped; every part may be missing. */
export interface StopEvidence {
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  /** Of our container, found by its name. */
  readonly exitCode?: number;
  readonly containerReason?: string;
}

/** One look at an ECS task, by an event or by DescribeTasks. */
export interface Sighting {
  readonly ecsTaskArn: string;
  /** `detail.version`: rises with every change of the ECS task. */
  readonly ecsVersion: number;
  readonly status: 'starting' | 'running' | 'stopped';
  readonly startedAt?: number;
  readonly endpoint?: Endpoint;
  readonly stop?: StopEvidence;
}

/** Who refused a launch for good: no capacity, a release that cannot run, a deployment that is not right. */
export type RefusalCause = 'capacity' | 'release' | 'deployment';

/** Everything that can happen to a task. Facts about a run name the run. */
export type Fact =
  | {
      readonly kind: 'submitted';
      readonly submission: Submission;
      /** Of the tool's spec; absent while that cannot be read. */
      readonly startWithinMs?: number;
    }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  | {
      readonly kind: 'held';
      readonly run: number;
      readonly hold: Hold;
      /** Of the tool's spec, where that can be read: as for the next one. */
      readonly startWithinMs?: number;
    }
  | {
      readonly kind: 'objected';
      readonly run: number;
      readonly reason: string;
      /** There is no such tool: the row must not go on bearing its name. */
      readonly unknownTool?: true;
    }
  | {
      readonly kind: 'launchDecided';
      readonly run: number;
      readonly release: Release;
      readonly placement: Placement;
      readonly order: LaunchOrder;
      readonly place?: string;
      readonly startWithinMs?: number;
    }
  | { readonly kind: 'accepted'; readonly run: number; readonly ecsTaskArn: string }
  | { readonly kind: 'doubted'; readonly run: number; readonly why: string }
  | {
      readonly kind: 'launchRefused';
      readonly run: number;
      readonly cause: RefusalCause;
      /** It holds for every call with this order, and not only for the one that was answered. */
      readonly isOfToken?: true;
      readonly why: string;
    }
  | { readonly kind: 'seen'; readonly run: number; readonly sighting: Sighting }
  | { readonly kind: 'missing'; readonly run: number; readonly ecsTaskArn?: string }
  | { readonly kind: 'timePassed' }
  | { readonly kind: 'cancelAsked'; readonly taskId: string; readonly reason?: string }
  | {
      readonly kind: 'redriveAsked';
      readonly submission?: Submission;
      readonly startWithinMs?: number;
    }
  | {
      readonly kind: 'resultRead';
      readonly run: number;
      readonly result?: string;
      readonly logTail?: string;
    }
  | {
      readonly kind: 'carriedOut';
      readonly ids: readonly string[];
      /** Replies that will never be sent, and why. */
      readonly refused?: readonly OutboxTrouble[];
      /** What was tried at the same time and failed: it stays, and the row says why. */
      readonly failures?: readonly OutboxTrouble[];
    }
  | { readonly kind: 'deferred'; readonly what: 'row'; readonly why: string }
  | {
      readonly kind: 'deferred';
      readonly what: 'outbox';
      /** What could not be carried out, and why. */
      readonly failures: readonly OutboxTrouble[];
    };
