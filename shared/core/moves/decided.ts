import { launchableOf, remainsOf } from '../carry-over.ts';
import { isDelayed } from '../due.ts';
import type { FactOf } from '../fact.ts';
import { ended, ignored, moved, type Step, type Unstamped } from '../move.ts';
import { isOutboxFull } from '../outbox.ts';
import { holdOf, orderOf, releaseOf } from '../parts.ts';
import { present } from '../present.ts';
import { withStartBy } from '../start-by.ts';
import type { Launching, Queued, Task } from '../task.ts';
import type { Hold } from '../task-parts.ts';
import { movedToHold } from './moved-to-hold.ts';

/** dispatch found that the run cannot be launched now: it is held. */
export const held = (task: Task, fact: FactOf<'held'>, now: number): Step => {
  const queued = queuedFor(task, fact.run);
  if (typeof queued === 'string') return ignored(queued);
  if (isDelayed(queued, now)) return ignored('the delay before this run is not over');
  const timed = withStartBy(queued, fact.startWithinMs);
  if (timed === queued && queued.rungAt === undefined && sameHold(queued.hold, fact.hold)) {
    return ignored('it is held for the same reason already');
  }
  const { rungAt: _rung, notBefore: _then, ...rest } = timed;
  return movedToHold(queued, { ...rest, hold: holdOf(fact.hold), rings: 0 }, { now });
};

/** dispatch found that the row can never be launched. The row was made while its tool could not be read. */
export const objected = (task: Task, fact: FactOf<'objected'>, now: number): Step => {
  const queued = queuedFor(task, fact.run);
  if (typeof queued === 'string') return ignored(queued);
  if (queued.release) return ignored('it was launched before');
  const { tool, ...remains } = remainsOf(queued);
  return ended(
    queued,
    {
      ...remains,
      ...present({ tool: fact.unknownTool ? undefined : tool }),
      phase: 'REJECTED',
      outcome: 'rejected',
      endedAt: now,
      reason: fact.reason,
    },
    { now, place: queued.place },
  );
};

/** dispatch has chosen the release and the placement of a run: the order is saved before it is sent. */
export const launchDecided = (task: Task, fact: FactOf<'launchDecided'>, now: number): Step => {
  const queued = queuedFor(task, fact.run);
  if (typeof queued === 'string') return ignored(queued);
  if (isDelayed(queued, now)) return ignored('the delay before this run is not over');
  if (fact.placedAt !== undefined && fact.placedAt !== queued.revision)
    return ignored('the row has moved since it got its place');
  const timed = withStartBy(queued, fact.startWithinMs);
  if (now >= timed.startBy) {
    const why = 'its startWithin has passed';
    // Where `startBy` is known only now, it is written, and the row is due at once.
    return timed === queued ? ignored(why) : moved(queued, timed, { now });
  }
  if (isOutboxFull(queued)) return ignored('the effects in its outbox must be carried out first');
  const next: Unstamped<Launching> = {
    ...launchableOf(timed),
    phase: 'LAUNCHING',
    // A task keeps the version of its first launch.
    release: queued.release ?? releaseOf(fact.release),
    placement: fact.placement,
    launchOrder: orderOf(fact.order),
    ...present({ place: fact.place }),
  };
  return moved(queued, next, { now });
};

const queuedFor = (task: Task, run: number): Queued | string => {
  if (task.phase !== 'QUEUED') return `the task is ${task.phase}`;
  return task.run === run ? task : `the task waits for run ${task.run}, not ${run}`;
};

const sameHold = (a: Hold | undefined, b: Hold): boolean =>
  a !== undefined &&
  a.by === b.by &&
  a.why === b.why &&
  a.since === b.since &&
  a.opensAt === b.opensAt;
