import type { OwnedRun } from '../core/spoken-notice.ts';

/**
 * The runs of ECS tasks that have spoken, as ECS once said, by the ids of the ECS tasks: who asks here need not ask ECS. Throws
 * when the table cannot be reached.
 */
export interface OwnedRuns {
  /** A run that was saved a moment ago may be missing. */
  readonly read: (ecsTaskId: string) => Promise<OwnedRun | undefined>;
  /** `now`: epoch milliseconds, from which the run is kept. An ECS task belongs to one run for ever, so this may be repeated. */
  readonly save: (ecsTaskId: string, of: OwnedRun, now: number) => Promise<void>;
}
