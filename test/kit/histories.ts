import type { Fact } from '../../shared/core/fact.ts';
import { step } from '../../shared/core/step.ts';
import type { Task } from '../../shared/core/task.ts';
import type { Move } from './arbitrary-move.ts';
import {
  arnOf,
  hour,
  launchDecided,
  rejectionNamed,
  releaseNamed,
  start,
  submissionOf,
} from './facts.ts';

/** The fact of a move, applied to this row at this time. */
export const factOf = (move: Move, task: Task | undefined, now: number): Fact => {
  const run = Math.max(1, (task?.run ?? 1) + move.offset);
  const ecsTaskArn = arnOf(run, move.letter);
  switch (move.kind) {
    case 'submitted':
      return { kind: 'submitted', submission: submissionOf(), ...withinOf(move) };
    case 'rejected':
      return { kind: 'rejected', rejection: rejectionNamed() };
    case 'held':
      return {
        kind: 'held',
        run,
        hold: { by: 'tool/echo', why: 'echo is paused', since: now },
        ...withinOf(move),
      };
    case 'objected':
      return { kind: 'objected', run, reason: 'there is no tool "echo"' };
    case 'launchDecided':
      return decided(move, task, now, run);
    case 'accepted':
      return { kind: 'accepted', run, ecsTaskArn };
    case 'doubted':
      return { kind: 'doubted', run, why: 'RunTask timed out' };
    case 'launchRefused':
      return {
        kind: 'launchRefused',
        run,
        cause: move.cause,
        why: 'ECS says no',
        ...(move.which % 2 === 0 ? { isOfToken: true } : {}),
      };
    case 'seen':
      return { kind: 'seen', run, sighting: sightingOf(move, ecsTaskArn, now) };
    case 'missing':
      return { kind: 'missing', run, ecsTaskArn };
    case 'timePassed':
      return { kind: 'timePassed' };
    case 'gateOpened':
      return gateOf(move);
    case 'cancelAsked':
      return { kind: 'cancelAsked', taskId: 'film-1' };
    case 'redriveAsked':
      return {
        kind: 'redriveAsked',
        submission: submissionOf(),
        ...withinOf(move),
        ...(move.which % 3 === 1 ? { rungLater: true } : {}),
        ...(move.which % 3 === 2 ? { sameVersion: true, run: task?.run ?? 1 } : {}),
      };
    case 'resultRead':
      return { kind: 'resultRead', run, result: '{"frames":240}' };
    case 'logEndRead':
      return { kind: 'logEndRead', run, logTail: 'no such codec' };
    case 'carriedOut':
      return { kind: 'carriedOut', ids: someIds(move, task) };
    case 'deferred':
      return deferredOf(move, task);
  }
};

const gateOf = ({ which, placement }: Move): Fact => ({
  kind: 'gateOpened',
  by: which < 5 ? 'tool/echo' : `placement/${placement}`,
});

const deferredOf = (move: Move, task: Task | undefined): Fact =>
  move.which < 5
    ? { kind: 'deferred', what: 'row', why: 'ECS could not be reached' }
    : { kind: 'deferred', what: 'outbox', failures: someIds(move, task).map(refusedId) };

/** One step of a history: the row before, the fact, the answer of the step function. */
export interface AppliedFact {
  readonly before: Task | undefined;
  readonly fact: Fact;
  readonly now: number;
  readonly answer: ReturnType<typeof step>;
  readonly task: Task | undefined;
}

/** Applies a history from the beginning, and returns every step. */
export const applyAll = (history: readonly Move[]): readonly AppliedFact[] => {
  const applied: AppliedFact[] = [];
  let [task, now]: [Task | undefined, number] = [undefined, start];
  for (const next of history) {
    now += next.afterMs;
    const fact = factOf(next, task, now);
    const answer = step(task, fact, now);
    const before = task;
    if (answer.kind === 'moved') task = answer.task;
    applied.push({ before, fact, now, answer, task });
  }
  return applied;
};

// The limit of the spec, or none when SSM could not be reached.
const withinOf = ({ which }: Move): { readonly startWithinMs?: number } =>
  which < 4 ? {} : { startWithinMs: which < 7 ? 24 * hour : hour };

const decided = (move: Move, task: Task | undefined, now: number, run: number): Fact => ({
  ...withinOf(move),
  ...launchDecided(task, now, {
    release: releaseNamed(move.version),
    placement: move.placement,
    ...(move.place === undefined ? {} : { place: move.place }),
  }),
  run,
});

const sightingOf = (
  { ecsVersion, status, stop: evidence, startedAgoMs, hasEndpoint }: Move,
  ecsTaskArn: string,
  now: number,
) => ({
  ecsTaskArn,
  ecsVersion,
  status,
  ...(startedAgoMs === undefined || status === 'starting' ? {} : { startedAt: now - startedAgoMs }),
  ...(hasEndpoint && status === 'running'
    ? { endpoint: { host: '10.0.0.7', port: 8080, protocol: 'tcp' } }
    : {}),
  ...(status === 'stopped' ? { stop: evidence } : {}),
});

// One effect, or all of them.
const someIds = ({ which }: Move, task: Task | undefined): readonly string[] => {
  const ids = (task?.outbox ?? []).map((effect) => effect.id);
  return which < 5 ? ids : ids.slice(which % 3, (which % 3) + 1);
};

const refusedId = (id: string) => ({ id, why: 'RabbitMQ refused the message' });
