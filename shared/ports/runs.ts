import type { RefusalCause, Sighting } from '../core/fact.ts';
import type { LaunchOrder } from '../core/launch-order.ts';

/** What ECS answered to a launch. A call that got no clear answer is a `doubt`. */
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
      /** ECS keeps the refusal under the token: it answers every call with this order so. Absent: it refused this call only. */
      readonly isOfToken?: true;
    };

/** An ECS task that DescribeTasks found. `startedBy` is present when its task definition is one of this stage's. */
export interface Described extends Sighting {
  readonly startedBy?: string;
  readonly createdAt?: number;
}

/** The cluster. Every function but `launch` throws when ECS cannot be reached. */
export interface Runs {
  /** RunTask, with the order unchanged. Never throws. */
  readonly launch: (order: LaunchOrder) => Promise<LaunchAnswer>;
  /**
   * DescribeTasks for at most 100 ARNs, in more than one call when ECS refuses one of them: that one is neither found nor
   * missing. `missing`: ECS does not know them, any more or yet.
   */
  readonly describe: (
    ecsTaskArns: readonly string[],
  ) => Promise<{ readonly found: readonly Described[]; readonly missing: readonly string[] }>;
  /**
   * The ARNs of ECS tasks that may be this run: those with its name that ECS is to keep running, or else all stopped ones of
   * its family. If ECS has the run, it is among them.
   */
  readonly traces: (order: LaunchOrder) => Promise<readonly string[]>;
  /**
   * One ListTasks: up to 100 ARNs of the ECS tasks that ECS is to keep running, after the `next` of an earlier call.
   * Undefined when ECS does not know that `next` any more.
   */
  readonly list: (
    after?: string,
  ) => Promise<{ readonly ecsTaskArns: readonly string[]; readonly next?: string } | undefined>;
  /** StopTask. An ECS task that does not exist any more counts as stopped. */
  readonly stop: (ecsTaskArn: string, why: string) => Promise<void>;
}
