import type { LiveWorld } from '../live-world.ts';
import { blind, type Watchers } from '../watchers.ts';
import { judgeBudgets } from './budgets.ts';
import { judgeContainers } from './containers.ts';
import { deniedRelaunchesOf } from './denied-relaunches.ts';
import { areRowsDone, judgeDue, judgePatience, judgeRowsAtEnd } from './due.ts';
import { judgeEffects } from './effects.ts';
import { judgeLimits } from './limits.ts';
import { judgeLiveRecords } from './live-records.ts';
import { longWaitsOf } from './long-waits.ts';
import { judgeLosers } from './losers.ts';
import { lostFindsOf } from './lost-finds.ts';
import { judgeMessages } from './messages.ts';
import { judgeNotices } from './notices.ts';
import { judgeOrders } from './orders.ts';
import { judgeReplies } from './outboxes.ts';
import { judgeOwnTerms } from './own-terms.ts';
import { judgeProbes } from './probes.ts';
import { judgeReasons } from './reasons.ts';
import { judgeRemovedLimits } from './removed-limits.ts';
import { judgeRequests } from './requests.ts';
import { judgeRows } from './rows.ts';
import { judgeRungGates } from './rung-gates.ts';
import { judgeSpeech } from './speech.ts';
import { judgeStageLimit } from './stage-limit.ts';
import { judgeStagePlaces } from './stage-places.ts';
import { judgeStarts } from './starts.ts';
import { judgeTurns } from './turns.ts';
import { judgeVersions } from './versions.ts';

/** All judges of a world. */
export interface Judges {
  readonly watchers: Watchers;
  /** Gives them the world that they judge. */
  readonly see: (world: LiveWorld) => void;
  /** Throws the first violation that was seen, if there was one. */
  readonly verdict: () => void;
  /** Whether everything has ended and nothing is under way. */
  readonly isAtRest: () => boolean;
  /** Judges what time alone can break. */
  readonly eachMinute: () => void;
  /** Judges a world that has come to rest, or should have. */
  readonly atEnd: () => void;
}

/** A violation is kept until `verdict`: thrown at once, it would end up in the code that is judged. */
export const openJudges = (): Judges => {
  let world: LiveWorld | undefined;
  let found: unknown;
  const worldOf = (): LiveWorld => {
    if (world === undefined) throw new Error('The judges have no world yet.');
    return world;
  };
  const rows = judgeRows();
  const due = judgeDue(worldOf);
  const probes = judgeProbes(worldOf);
  const reasons = judgeReasons(worldOf);
  const notices = judgeNotices(worldOf);
  const orders = judgeOrders(worldOf);
  const ownTerms = judgeOwnTerms(worldOf);
  const effects = judgeEffects(worldOf);
  const lostFinds = lostFindsOf(worldOf);
  const longWaits = longWaitsOf(worldOf);
  const deniedRelaunches = deniedRelaunchesOf(worldOf);
  const containers = judgeContainers(worldOf, lostFinds);
  const limits = judgeLimits(worldOf);
  const stageLimit = judgeStageLimit(worldOf);
  const removedLimits = judgeRemovedLimits(worldOf);
  const stagePlaces = judgeStagePlaces(worldOf);
  const turns = judgeTurns(worldOf);
  const versions = judgeVersions(worldOf);
  const messages = judgeMessages(worldOf);
  const requests = judgeRequests(worldOf);
  const budgets = judgeBudgets(worldOf, containers.runsOf, [lostFinds, deniedRelaunches]);
  const losers = judgeLosers(worldOf);
  const rungGates = judgeRungGates(worldOf);
  const speech = judgeSpeech(worldOf);
  const liveRecords = judgeLiveRecords(worldOf);
  const kept = (judge: () => void): void => {
    if (found !== undefined) return;
    try {
      judge();
    } catch (violation) {
      found = violation;
    }
  };
  const writes = [
    rows,
    due,
    effects.watchers,
    containers.watchers,
    budgets,
    probes,
    reasons,
    orders.watchers,
    ownTerms,
    losers,
    requests,
    notices.watchers,
    rungGates,
    speech.watchers,
    limits,
    stagePlaces,
    turns,
    versions.watchers,
    longWaits,
    // Last: the write that moves a run on is judged by what its row was before.
    lostFinds,
  ];
  const watchers: Watchers = {
    ...blind,
    written: (...write) =>
      kept(() => {
        for (const judge of writes) judge.written(...write);
      }),
    writeRefused: (...write) => kept(() => rows.writeRefused(...write)),
    parameterWritten: (...write) => kept(() => versions.watchers.parameterWritten(...write)),
    published: (letter, answer) =>
      kept(() => {
        effects.watchers.published(letter, answer);
        speech.watchers.published(letter, answer);
        notices.watchers.published(letter, answer);
      }),
    put: (detail) => kept(() => effects.watchers.put(detail)),
    stopTaken: (arn) =>
      kept(() => {
        effects.watchers.stopTaken(arn);
        reasons.stopTaken(arn);
      }),
    launched: (input) =>
      kept(() => {
        orders.watchers.launched(input);
        ownTerms.launched(input);
        budgets.launched(input);
        deniedRelaunches.launched(input);
      }),
    denied: (...call) => {
      budgets.denied(...call);
      deniedRelaunches.denied(...call);
    },
    invoked: (...call) =>
      kept(() => {
        orders.watchers.invoked(...call);
        liveRecords.invoked(...call);
        stagePlaces.invoked(...call);
        versions.watchers.invoked(...call);
      }),
    started: (container) =>
      kept(() => {
        containers.started(container);
        limits.started(container);
        stageLimit.started(container);
      }),
    restored: () => {
      budgets.restored();
      lostFinds.restored();
      longWaits.restored();
      deniedRelaunches.restored();
      containers.forget();
      limits.forget();
      stageLimit.forget();
      turns.forget();
      orders.forget();
      notices.forget();
      losers.forget();
      liveRecords.forget();
      versions.forget();
    },
    acknowledged: (...call) =>
      kept(() => {
        messages.acknowledged(...call);
        requests.acknowledged(...call);
      }),
    redriveAsked: (...call) => requests.redriveAsked(...call),
    ended: (...invocation) =>
      kept(() => {
        messages.ended(...invocation);
        liveRecords.ended(...invocation);
        losers.ended(...invocation);
        stagePlaces.ended(...invocation);
        versions.watchers.ended(...invocation);
      }),
    parameterPut: (...put) => kept(() => liveRecords.parameterPut(...put)),
  };
  return {
    watchers,
    see: (given) => {
      world = given;
    },
    verdict: () => {
      if (found !== undefined) throw found;
    },
    isAtRest: () => {
      const { cloud, rabbit, settleQueue } = worldOf();
      const isKnown = ({ taskId }: { readonly taskId: string }) =>
        cloud.itemOf(taskId) !== undefined;
      return (
        rabbit.waiting() === 0 &&
        settleQueue.waiting() === 0 &&
        cloud.toolLogs.waiting() === 0 &&
        !cloud.containers.living().some(isKnown) &&
        areRowsDone(cloud.items()) &&
        removedLimits.isDone()
      );
    },
    eachMinute: () =>
      kept(() => {
        judgePatience(worldOf(), longWaits);
        limits.eachMinute();
        stageLimit.eachMinute();
        removedLimits.eachMinute();
        judgeReplies(worldOf());
        judgeStarts(worldOf());
      }),
    atEnd: () => {
      judgeRowsAtEnd(worldOf());
      containers.atEnd();
      effects.atEnd();
      orders.atEnd();
      notices.atEnd();
      speech.atEnd();
      versions.atEnd();
    },
  };
};
