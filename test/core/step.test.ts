import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { due } from '../../shared/core/due.ts';
import { type Effect, isPaced, isWaiting } from '../../shared/core/effect.ts';
import { step } from '../../shared/core/step.ts';
import { type Ended, isEnded, type Task } from '../../shared/core/task.ts';
import { move, moves } from '../kit/arbitrary-move.ts';
import { anyTask } from '../kit/arbitrary-task.ts';
import { hour } from '../kit/facts.ts';
import { type AppliedFact, applyAll, factOf } from '../kit/histories.ts';
import { everySample } from '../kit/samples.ts';

/** Holds for every step of many random histories that begin without a row. */
const always = (
  name: string,
  holds: (taken: AppliedFact, earlier: readonly AppliedFact[]) => void,
) =>
  it(name, () => {
    fc.assert(
      fc.property(moves, (history) => {
        const steps = applyAll(history);
        for (const [index, taken] of steps.entries()) holds(taken, steps.slice(0, index));
      }),
      { numRuns: 600 },
    );
  });

/** Holds for the steps that moved the row. */
const everyMove = (
  name: string,
  holds: (moved: {
    readonly before: Task | undefined;
    readonly task: Task;
    readonly fact: AppliedFact['fact'];
    readonly now: number;
    readonly effects: readonly Effect[];
    readonly earlier: readonly AppliedFact[];
  }) => void,
) =>
  always(name, ({ before, fact, now, answer }, earlier) => {
    if (answer.kind === 'ignored') return;
    holds({ before, task: answer.task, fact, now, effects: answer.effects, earlier });
  });

const ended = (task: Task | undefined): Ended | undefined =>
  task && isEnded(task) ? task : undefined;

const newsOnly = expect.stringMatching(/^(running|requeued)$/);

/**
 * Whether an effect has no use: the doorbell of an earlier run, the stop of a container that was seen stopped, why an ended task
 * waited, or such an event that another one replaces before its time.
 */
const isObsolete = (effect: Effect, task: Task): boolean =>
  (isWaiting(effect) && (isEnded(task) || isPaced(effect))) ||
  (effect.kind === 'doorbell' && effect.run < task.run) ||
  (effect.kind === 'stop' && hasEnded(task, effect.ecsTaskArn));

/** Whether it is a reply that was tried for a day. */
const isLate = (effect: Effect, fact: AppliedFact['fact'], now: number): boolean =>
  fact.kind === 'deferred' &&
  effect.kind === 'notify' &&
  effect.to === 'reply' &&
  now >= effect.at + 24 * hour;

type Seen = AppliedFact['fact'] & { kind: 'seen' };

/** Whether a sighting shows the current container of the row, or may show it. */
const isItsOwn = (task: Task, { run, sighting }: Seen): boolean => {
  if (isEnded(task) || task.phase === 'QUEUED' || task.run !== run) return false;
  return task.phase === 'LAUNCHING' || task.ecsTaskArn === sighting.ecsTaskArn;
};

/** Whether the row has not launched this run yet: the table may be older than the cluster. */
const isAhead = (task: Task, run: number): boolean =>
  run > task.run || (run === task.run && task.phase === 'QUEUED');

/** Whether this container was seen stopped; a vanished one was not. */
const hasEnded = (task: Task, ecsTaskArn: string): boolean =>
  task.runs.some((past) => past.ecsTaskArn === ecsTaskArn && past.verdict !== 'vanished');

describe('the step function', () => {
  it('answers every fact in every state that its types allow, and never throws', () => {
    fc.assert(
      fc.property(fc.option(anyTask, { nil: undefined }), move, fc.nat(), (task, next, later) => {
        const now = (task?.updatedAt ?? 0) + later;
        const answer = step(task, factOf(next, task, now), now);
        expect(['moved', 'ignored']).toContain(answer.kind);
        if (answer.kind === 'ignored') expect(answer.why).not.toBe('');
      }),
      { numRuns: 3000 },
    );
  });

  it('changes nothing when a fact is applied a second time, in every state of the row', () => {
    fc.assert(
      fc.property(fc.option(anyTask, { nil: undefined }), move, fc.nat(), (task, next, later) => {
        const now = (task?.updatedAt ?? 0) + later;
        const fact = factOf(next, task, now);
        const once = step(task, fact, now);
        if (once.kind === 'ignored') return;
        expect(step(once.task, fact, now)).toMatchObject({ kind: 'ignored' });
      }),
      { numRuns: 3000 },
    );
  });

  always('changes nothing when a fact is applied a second time', ({ task, fact, now }) => {
    expect(step(task, fact, now)).toMatchObject({ kind: 'ignored' });
  });

  it('does not change the row that it gets', () => {
    fc.assert(
      fc.property(anyTask, move, (task, next) => {
        const copy = structuredClone(task);
        step(task, factOf(next, task, task.updatedAt), task.updatedAt);
        expect(task).toEqual(copy);
      }),
    );
  });

  everyMove(
    'keeps an ended task ended, except by a redrive or a message that its cancel waited for',
    ({ before, task, fact }) => {
      const was = ended(before);
      if (!was || fact.kind === 'redriveAsked') return;
      expect(task.phase).toBe(was.phase);
      expect(task).toMatchObject({
        endedAt: was.endedAt,
        outcome: was.outcome,
        run: was.run,
        attempts: was.attempts,
      });
      if (fact.kind === 'submitted') expect(was.tombstone).toBe(true);
    },
  );

  everyMove('never lowers the run number, and raises it by one at most', ({ before, task }) => {
    if (!before) return expect(task.run).toBe(1);
    expect(task.run).toBeGreaterThanOrEqual(before.run);
    expect(task.run).toBeLessThanOrEqual(before.run + 1);
  });

  everyMove('raises the run number with every return to the queue', ({ before, task }) => {
    if (!before || before.phase === 'QUEUED' || task.phase !== 'QUEUED') return;
    expect(task.run).toBe(before.run + 1);
  });

  everyMove('raises the revision by one with every move', ({ before, task, now }) => {
    expect(task.revision).toBe((before?.revision ?? 0) + 1);
    expect(task.updatedAt).toBe(now);
  });

  everyMove(
    'leaves every row that is not ended due at a stated time for a stated reason',
    (moved) => {
      if (isEnded(moved.task)) return;
      const next = due(moved.task);
      expect(next?.why).toMatch(/\w+ /);
      expect(Number.isFinite(next?.at)).toBe(true);
      expect(next?.at).toBeLessThanOrEqual(moved.now + 25 * hour);
    },
  );

  everyMove('makes a row due by its startBy while it does not run', ({ task }) => {
    if (isEnded(task) || task.phase === 'RUNNING' || task.deferredUntil !== undefined) return;
    if ('stopping' in task && task.stopping) return;
    expect(due(task)?.at).toBeLessThanOrEqual(task.startBy);
  });

  everyMove('sets startBy once, when the spec is known', ({ before, task, fact }) => {
    if (before?.phase !== 'QUEUED' || isEnded(task) || task.run !== before.run) return;
    const known =
      fact.kind === 'held' || fact.kind === 'launchDecided' ? fact.startWithinMs : undefined;
    const isSet = before.startByProvisional === true && known !== undefined;
    expect(task.startBy).toBe(isSet ? before.queuedAt + known : before.startBy);
    const isStill = task.phase === 'QUEUED' && task.startByProvisional === true;
    expect(isStill).toBe(before.startByProvisional === true && !isSet);
  });

  everyMove('makes an ended row due exactly while its outbox holds something', ({ task }) => {
    if (!isEnded(task)) return;
    expect(due(task) !== undefined).toBe(task.outbox.length > 0);
  });

  everyMove('spends an attempt only where the tool is answerable', ({ before, task, fact }) => {
    const spent = task.attempts - (before?.attempts ?? 0);
    if (fact.kind === 'redriveAsked') return expect(task.attempts).toBe(0);
    const last = task.runs.at(-1);
    const isNew = task.runs.length > (before?.runs.length ?? 0) || last !== before?.runs.at(-1);
    const own = ['tool', 'outOfMemory', 'succeeded', 'timeout'];
    expect(spent).toBe(isNew && last && own.includes(last.verdict) ? 1 : 0);
  });

  everyMove('remembers every run that ended, under its number', ({ before, task, fact }) => {
    if (!before || fact.kind === 'redriveAsked') return;
    const ranOut = before.phase !== 'QUEUED' && !isEnded(before);
    const over = task.phase === 'QUEUED' || isEnded(task);
    if (ranOut && over) expect(task.runs.at(-1)?.run).toBe(before.run);
    expect(task.runs.length).toBeLessThanOrEqual(20);
  });

  everyMove('keeps the release of the first launch until a redrive', ({ before, task, fact }) => {
    const was = before && 'release' in before ? before.release : undefined;
    const is = 'release' in task ? task.release : undefined;
    if (fact.kind === 'redriveAsked' && !fact.sameVersion) return expect(is).toBeUndefined();
    if (was) expect(is).toEqual(was);
  });

  everyMove('ends a task with one event for each audience', ({ before, task, effects }) => {
    if (!isEnded(task) || ended(before) || task.tombstone) return;
    const events = effects.filter((effect) => effect.kind === 'notify');
    const what = task.phase.toLowerCase();
    expect(events.map((effect) => [effect.to, effect.what])).toEqual([
      ['event', what],
      ['reply', what],
      ['bus', what],
    ]);
    const isDead = task.phase === 'FAILED' || task.phase === 'REJECTED';
    expect(effects.filter((effect) => effect.kind === 'dead')).toHaveLength(isDead ? 1 : 0);
  });

  everyMove('frees the place of a run when the run is over, and not before', (moved) => {
    const { before, task, effects } = moved;
    const held = before && 'place' in before ? before.place : undefined;
    const holds = 'place' in task ? task.place : undefined;
    const freed = effects.some((effect) => effect.kind === 'free' && effect.run === before?.run);
    expect(freed).toBe(held !== undefined && holds === undefined);
  });

  everyMove(
    'ends CANCELLED only where ECS showed the container stopped, lost it, or never had it',
    ({ before, task, fact }) => {
      if (task.phase !== 'CANCELLED' || !before || isEnded(before)) return;
      if (before.phase === 'QUEUED') return;
      const seenStopped = fact.kind === 'seen' && fact.sighting.status === 'stopped';
      const refused =
        before.phase === 'LAUNCHING' &&
        fact.kind === 'launchRefused' &&
        (fact.isOfToken === true || before.doubt === undefined);
      const lost = fact.kind === 'missing' && before.missingSince !== undefined;
      expect(seenStopped || refused || lost).toBe(true);
      expect(before.stopping?.why).toBe('cancel');
    },
  );

  always(
    'stops every container that is not the row’s, or leaves it to the alarm',
    ({ before, fact, answer }) => {
      if (!before || fact.kind !== 'seen' || fact.sighting.status === 'stopped') return;
      if (isItsOwn(before, fact)) return;
      if (isAhead(before, fact.run) || hasEnded(before, fact.sighting.ecsTaskArn)) {
        expect(answer.kind).toBe('ignored');
        return;
      }
      const { outbox } = answer.kind === 'moved' ? answer.task : before;
      const { ecsTaskArn } = fact.sighting;
      expect(outbox).toContainEqual(expect.objectContaining({ kind: 'stop', ecsTaskArn }));
    },
  );

  everyMove('gives every effect an id from its task, run and kind', (moved) => {
    const { task, effects } = moved;
    const ids = task.outbox.map((effect) => effect.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const effect of effects)
      expect(effect.id).toBe(`${task.taskId}/${effect.run}/${kindIn(effect)}`);
  });

  everyMove(
    'makes each event, dead letter and freed place once in the life of a task',
    ({ effects, earlier }) => {
      const once = effects.filter((effect) => effect.kind !== 'doorbell' && effect.kind !== 'stop');
      const before = new Set(
        earlier.flatMap(({ answer }) =>
          answer.kind === 'moved' ? answer.effects.map((effect) => effect.id) : [],
        ),
      );
      for (const { id } of once) expect(before.has(id), id).toBe(false);
    },
  );

  everyMove('keeps what is left of the outbox', ({ before, task, fact, effects, now }) => {
    const carriedOut = fact.kind === 'carriedOut' ? fact.ids : [];
    const ids = new Set(task.outbox.map(({ id }) => id));
    const gone = (before?.outbox ?? []).filter(
      ({ id }) => !ids.has(id) && !carriedOut.includes(id),
    );
    const dropped = gone.filter(
      (effect) => !isObsolete(effect, task) && !isLate(effect, fact, now),
    );
    const count = (row: Task | undefined) =>
      (row?.eventsDropped?.event ?? 0) + (row?.eventsDropped?.reply ?? 0);
    for (const effect of dropped) expect(effect).toMatchObject({ what: newsOnly });
    expect(count(task) - count(before)).toBe(dropped.length);
    for (const { id } of effects) expect(ids).toContain(id);
    expect(task.outboxSince === undefined).toBe(task.outbox.length === 0);
  });

  everyMove('numbers events by the revision that they were written with', ({ task, effects }) => {
    for (const effect of effects)
      if (effect.kind === 'notify') expect(effect.sequence).toBe(task.revision);
  });

  everyMove('launches no run before its delay is over', ({ before, task, now }) => {
    if (before?.phase !== 'QUEUED' || (before.notBefore ?? 0) <= now) return;
    if (task.phase === 'QUEUED') expect(task.notBefore ?? 0).toBe(before.notBefore ?? 0);
    else expect(task.phase).not.toBe('LAUNCHING');
  });

  it('has every phase in its histories, so that these properties prove something', () => {
    const phases = new Set<string>();
    for (const history of fc.sample(moves, { numRuns: 800, seed: 8 }))
      for (const { task } of applyAll(history)) if (task) phases.add(task.phase);
    expect([...phases].sort()).toEqual([
      'CANCELLED',
      'FAILED',
      'LAUNCHING',
      'QUEUED',
      'REJECTED',
      'RUNNING',
      'STARTING',
      'SUCCEEDED',
    ]);
  });

  it.each(everySample)('has a sample history of "%s" whose row is due or done', (name, task) => {
    expect(name.startsWith(task?.phase ?? 'no row')).toBe(true);
    if (task && !isEnded(task)) expect(due(task)?.why).toMatch(/\w+ /);
  });
});

/** The last part of an effect's id. */
const kindIn = (effect: Effect): string => {
  switch (effect.kind) {
    case 'notify':
      return `${effect.to}.${effect.what}${effect.what === 'waiting' ? numberIn(effect) : ''}`;
    case 'stop':
      return `stop.${effect.ecsTaskArn.split('/').at(-1)}`;
    case 'count':
      return `count.${effect.saw}`;
    default:
      return effect.kind;
  }
};

/** A run may have several of them. */
const numberIn = ({ id }: Effect): string => /[.]\d+$/.exec(id)?.[0] ?? '';
