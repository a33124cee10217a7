import type { Fact, RowFact } from './fact.ts';
import { ignored, type Step } from './move.ts';
import { cancelAsked, redriveAsked } from './moves/cancel-redrive.ts';
import { carriedOut } from './moves/carried-out.ts';
import { held, launchDecided, objected } from './moves/decided.ts';
import { deferred } from './moves/deferred.ts';
import { gateOpened } from './moves/gate-opened.ts';
import { accepted, doubted, launchRefused } from './moves/launch-answered.ts';
import { logEndRead } from './moves/log-end-read.ts';
import { missing } from './moves/missing.ts';
import { resultRead } from './moves/result-read.ts';
import { seen } from './moves/seen.ts';
import { rejected, submitted } from './moves/submitted.ts';
import { timePassed } from './moves/time-passed.ts';
import type { Task } from './task.ts';

/**
 * The only function that changes a phase: total and pure, it never throws. `task` is undefined where the table has no
 * row; `now` is in epoch milliseconds. A fact that is applied twice changes nothing the second time. A task that has
 * ended stays ended unless it is redriven.
 */
export const step = (task: Task | undefined, fact: Fact, now: number): Step => {
  switch (fact.kind) {
    case 'submitted':
      return submitted(task, fact, now);
    case 'rejected':
      return rejected(task, fact, now);
    case 'cancelAsked':
      return cancelAsked(task, fact, now);
    default:
      return task === undefined ? ignored('there is no such task') : stepOf(task, fact, now);
  }
};

const stepOf = (task: Task, fact: RowFact, now: number): Step => {
  switch (fact.kind) {
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
    case 'gateOpened':
      return gateOpened(task, fact, now);
    case 'redriveAsked':
      return redriveAsked(task, fact, now);
    case 'resultRead':
      return resultRead(task, fact, now);
    case 'logEndRead':
      return logEndRead(task, fact, now);
    case 'carriedOut':
      return carriedOut(task, fact, now);
    case 'deferred':
      return deferred(task, fact, now);
  }
};
