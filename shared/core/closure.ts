import { clipped } from './clipped.ts';
import { deploymentGate } from './gate-names.ts';
import { capacityMs, probeMs, reopenedMs, repairMs } from './times.ts';

/** Why a placement, or the whole deployment, launches nothing for now; and, once it is open again, how long that was so. */
export interface Closure {
  /** When it was closed: the first refusal of this series. */
  readonly since: number;
  /** When one row may try it for all others. */
  readonly until: number;
  /** How many tries in a row were refused. */
  readonly failures: number;
  /** What ECS said last. */
  readonly why: string;
  /** The run that tries it, and until when no other one may. */
  readonly probe?: { readonly by: string; readonly until: number };
  /** It is open since then. */
  readonly openedAt?: number;
  /** Rises with every write. */
  readonly revision: number;
}

/** `probe`: it is closed, and the next row may try it. */
export type ClosureState = 'open' | 'closed' | 'probe';

/** A time in a closure that is further ahead was not written by Davit: the next row may try. */
const furthestMs = 30 * 60_000;

/** Whether a launch may go there now. */
export const closureState = (closure: Closure | undefined, now: number): ClosureState => {
  if (closure === undefined || closure.openedAt !== undefined) return 'open';
  const at = opensAt(closure);
  return now < at && at < now + furthestMs ? 'closed' : 'probe';
};

/** When the next row may try a closed placement. */
export const opensAt = ({ until, probe }: Closure): number => Math.max(until, probe?.until ?? 0);

/**
 * The closure after a refusal: 30 seconds (a deployment: a minute), doubled with each refused try, up to ten minutes.
 * Undefined where it is closed already: a launch that was under way at the same time says nothing new.
 */
export const closedBy = (
  was: Closure | undefined,
  refusal: { readonly by: string; readonly why: string },
  now: number,
): Closure | undefined => {
  const openedAt = was === undefined ? 0 : was.openedAt;
  if (was !== undefined && openedAt === undefined && now < was.until) return undefined;
  const isSeries = openedAt === undefined || now - openedAt < reopenedMs;
  const failures = isSeries ? (was?.failures ?? 0) + 1 : 1;
  const waitMs = refusal.by === deploymentGate ? repairMs(failures) : capacityMs(failures);
  return {
    since: openedAt === undefined ? (was?.since ?? now) : now,
    until: now + waitMs,
    failures,
    why: clipped(refusal.why),
    revision: (was?.revision ?? 0) + 1,
  };
};

/** The closure while this run tries it. */
export const probedBy = (was: Closure, run: string, now: number): Closure => ({
  ...was,
  probe: { by: run, until: now + probeMs },
  revision: was.revision + 1,
});

/** The closure after its probe was accepted. It stays, so that a place that closes again soon waits longer. */
export const openedBy = ({ probe: _probe, ...was }: Closure, now: number): Closure => ({
  ...was,
  openedAt: now,
  revision: was.revision + 1,
});
