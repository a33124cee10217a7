import type { Fact } from './fact.ts';
import type { Step } from './move.ts';
import { cancelAsked, redriveAsked } from './moves/cancel-redrive.ts';
import { held, launchDecided, objected } from './moves/decide.ts';
import { accepted, doubted, launchRefused } from './moves/launch.ts';
import { missing } from './moves/missing.ts';
import { carriedOut, deferred, resultRead } from './moves/note.ts';
import { seen } from './moves/see.ts';
import { rejected, submitted } from './moves/submit.ts';
import { timePassed } from './moves/time-passed.ts';
import type { Task } from './task.ts';

/**
 * The only writer of a phase: total, pure, never throws. `task` is undefined where the table has no row; `now` is in
 * epoch milliseconds. Telling a fact twice changes nothing the second time; what has ended stays ended but for a redrive.
 */
export const step = (task: Task | undefined, fact: Fact, now: number): Step => {
  switch (fact.kind) {
    case 'submitted':
      return submitted(task, fact, now);
    case 'rejected':
      return rejected(task, fact, now);
    case 'held':
      return held(task, fact, now);
    case 'objected':
      return objected(task, fact, now);
    case 'launchDecided':
      return launchDecided(task, fact, now);
    case 'accepted':
      return accepted(task, fact, now);
    case 'doubted':
      return doubted(task, fact, now);
    case 'launchRefused':
      return launchRefused(task, fact, now);
    case 'seen':
      return seen(task, fact, now);
    case 'missing':
      return missing(task, fact, now);
    case 'timePassed':
      return timePassed(task, now);
    case 'cancelAsked':
      return cancelAsked(task, fact, now);
    case 'redriveAsked':
      return redriveAsked(task, fact, now);
    case 'resultRead':
      return resultRead(task, fact, now);
    case 'carriedOut':
      return carriedOut(task, fact, now);
    case 'deferred':
      return deferred(task, fact, now);
  }
};
