import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemOf } from '../../shared/aws/row.ts';
import type { Effect } from '../../shared/core/effect.ts';
import type { Fact, StopEvidence } from '../../shared/core/fact.ts';
import { step } from '../../shared/core/step.ts';
import { isEnded, type Task } from '../../shared/core/task.ts';
import {
  arnOf,
  exit,
  hour,
  launchDecided,
  minute,
  noCapacity,
  releaseNamed,
  seen,
  start,
  stopped,
  submissionOf,
  submitted,
} from '../kit/facts.ts';
import { itemBytes } from '../kit/item-bytes.ts';
import { rowAfter } from '../kit/samples.ts';

const kib = 1024;

/** Texts of ECS or of a person: long, and with three bytes a character. */
const words = fc.constantFrom('no special reason', '€'.repeat(255), '€'.repeat(4_000));

type Lap =
  | { readonly kind: 'run'; readonly stop: StopEvidence; readonly place: boolean }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'vanished' }
  | { readonly kind: 'ghost'; readonly letter: string; readonly earlier: number }
  | { readonly kind: 'redriven' }
  | { readonly kind: 'timePassed' };

const stop: fc.Arbitrary<StopEvidence> = fc
  .tuple(
    fc.constantFrom('SpotInterruption', 'TaskFailedToStart', 'EssentialContainerExited'),
    words,
  )
  .map(([stopCode, stoppedReason]) => ({
    stopCode,
    stoppedReason,
    ...(stopCode === 'EssentialContainerExited' ? { exitCode: 75 } : {}),
  }));

const lap: fc.Arbitrary<Lap> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('run' as const), stop, place: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refused' as const), why: words }) },
  fc.record({ kind: fc.constant('vanished' as const) }),
  fc.record({
    kind: fc.constant('ghost' as const),
    letter: fc.stringMatching(/^[b-f][b-f]$/),
    earlier: fc.integer({ min: 0, max: 9 }),
  }),
  fc.record({ kind: fc.constant('redriven' as const) }),
  fc.record({ kind: fc.constant('timePassed' as const) }),
);

const generous = releaseNamed('1.0.0', { attempts: 10_000, reclaims: 10_000 });

/** The facts of one lap, each made from the row as it then stands. */
const factsOf = (one: Lap): readonly ((task: Task, now: number) => Fact)[] => {
  const launch = (place: boolean) => (task: Task, now: number) =>
    launchDecided(task, now, { release: generous, ...(place ? { place: 'limit/echo' } : {}) });
  switch (one.kind) {
    case 'run':
      return [launch(one.place), (task) => seen(task.run), (task) => stopped(task.run, one.stop)];
    case 'refused':
      return [
        launch(true),
        (task) => ({ kind: 'launchRefused', run: task.run, cause: 'capacity', why: one.why }),
      ];
    case 'vanished':
      return [
        launch(false),
        (task) => seen(task.run),
        (task) => ({ kind: 'missing', run: task.run, ecsTaskArn: arnOf(task.run) }),
        (task) => ({ kind: 'missing', run: task.run, ecsTaskArn: arnOf(task.run) }),
      ];
    case 'ghost':
      return [
        (task) => {
          const run = Math.max(1, task.run - one.earlier);
          return seen(run, { ecsTaskArn: arnOf(run, one.letter) });
        },
      ];
    case 'redriven':
      return [
        () => ({ kind: 'redriveAsked', startWithinMs: 24 * hour, submission: submissionOf() }),
      ];
    case 'timePassed':
      return [() => ({ kind: 'timePassed' })];
  }
};

/** Every row that a history passes through, of a task whose effects are never carried out. */
const everyRow = function* (laps: readonly Lap[]): Generator<Task> {
  const input = JSON.stringify({ url: 'x'.repeat(5_000) });
  let task = rowAfter([0, submitted(submissionOf('film-1', { input }))]);
  let now = start;
  for (const one of laps) {
    for (const fact of factsOf(one)) {
      now += 6 * minute;
      const answer = step(task, fact(task, now), now);
      if (answer.kind === 'moved') task = answer.task;
      yield task;
    }
  }
};

const laps = fc.array(lap, { minLength: 150, maxLength: 300, size: 'max' });

const isOwed = (effect: Effect): boolean =>
  effect.kind === 'notify'
    ? effect.what !== 'waiting' && effect.what !== 'running' && effect.what !== 'requeued'
    : effect.kind === 'dead' || effect.kind === 'free';

const isRung = (task: Task): boolean => task.phase === 'QUEUED' && task.rungAt !== undefined;

describe('an outbox whose effects are never carried out', () => {
  it('never makes a row too large to write, whatever happens to the task', () => {
    fc.assert(
      fc.property(laps, (history) => {
        for (const task of everyRow(history)) {
          if (task.revision % 10 === 0) expect(itemBytes(itemOf(task))).toBeLessThan(250 * kib);
        }
      }),
      { numRuns: 15 },
    );
  }, 120_000);

  it('loses no event about an end, no dead letter, no place, and no doorbell of the run that waits', () => {
    fc.assert(
      fc.property(laps, (history) => {
        const rows = [...everyRow(history)];
        const kept = new Set(rows.at(-1)?.outbox.map(({ id }) => id));
        const owed = rows.flatMap((task) => task.outbox.filter(isOwed));
        for (const { id } of owed) expect(kept.has(id), id).toBe(true);
        for (const task of rows.filter(isRung))
          expect(task.outbox).toContainEqual(
            expect.objectContaining({ kind: 'doorbell', run: task.run }),
          );
      }),
      { numRuns: 15 },
    );
  }, 120_000);

  it('drops the oldest events, counts them, and says the count in the next event', () => {
    let task = rowAfter([0, submitted()]);
    let now = start;
    const next = (fact: Fact) => {
      now += 10 * minute;
      const answer = step(task, fact, now);
      if (answer.kind === 'ignored') throw new Error(`${fact.kind}: ${answer.why}`);
      task = answer.task;
    };
    for (let run = 1; run <= 30; run += 1) {
      next(launchDecided(task, now, { release: generous }));
      next(seen(run));
      next(stopped(run, { stopCode: 'SpotInterruption', stoppedReason: noCapacity }));
    }
    const whats = (to: string, what: string) =>
      task.outbox.filter((one) => one.kind === 'notify' && one.to === to && one.what === what)
        .length;
    const kept = (to: string) => whats(to, 'running') + whats(to, 'requeued');
    expect(kept('event') + kept('reply')).toBe(20);
    expect(task.outbox.at(-1)).toMatchObject({ what: 'requeued', run: 31 });
    expect(task).toMatchObject({
      eventsDropped: { event: 60 - kept('event'), reply: 60 - kept('reply') },
    });
    next(launchDecided(task, now, { release: generous }));
    next(stopped(31, exit(0)));
    expect(isEnded(task)).toBe(true);
    const ends = task.outbox.filter((one) => one.kind === 'notify' && one.what === 'succeeded');
    expect(ends).toMatchObject([
      { to: 'event', body: { dropped: 60 - kept('event') } },
      { to: 'reply', body: { dropped: 60 - kept('reply') } },
      { to: 'bus' },
    ]);
    expect(ends[2]).not.toHaveProperty('body.dropped');
  });
});
