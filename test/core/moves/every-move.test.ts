import { describe, expect, it } from 'vitest';
import { factCases } from '../../../docs/fact-cases.ts';
import type { EffectOf } from '../../../shared/core/effect.ts';
import type { Fact } from '../../../shared/core/fact.ts';
import { step } from '../../../shared/core/step.ts';
import type { Task } from '../../../shared/core/task.ts';
import { fieldsOf, taskOf } from '../../../shared/wire/row.ts';
import { everySample } from '../../kit/samples.ts';

/** A sample row before and after one of the facts of `docs/states.md`. */
interface Move {
  readonly name: string;
  readonly from: Task | undefined;
  readonly fact: Fact;
  readonly now: number;
  readonly task: Task;
}

const everyMove = (): readonly Move[] =>
  everySample.flatMap(([sample, from]) =>
    factCases.flatMap(({ name, at, fact: make }) => {
      const now = at(from);
      const fact = make(from, now);
      const answer = step(from, fact, now);
      return answer.kind === 'moved'
        ? [{ name: `${sample}: ${name}`, from, fact, now, task: answer.task }]
        : [];
    }),
  );

type Members = Readonly<Record<string, unknown>>;

/** Those of these members that an object has. */
const only = (from: object, ...names: readonly string[]): Members =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));

/** The members that the move has set, with what they hold now. */
const setBy = ({ from, task }: Move): Members => {
  const before = new Map<string, unknown>(Object.entries(from ?? {}));
  return Object.fromEntries(Object.entries(task).filter(([name, is]) => before.get(name) !== is));
};

const newEvents = ({ from, task }: Move): readonly EffectOf<'notify'>[] => {
  const before = new Set(from?.outbox.map(({ id }) => id));
  return task.outbox
    .filter((effect) => effect.kind === 'notify')
    .filter(({ id }) => !before.has(id));
};

describe('every move from a sample row', () => {
  it('writes a row that can be stored, and is read as it was', () => {
    const moves = everyMove();
    expect(moves.length).toBeGreaterThan(400);
    for (const { name, task } of moves) expect(taskOf(fieldsOf(task)), name).toEqual(task);
  });

  it('is the next revision, written now', () => {
    for (const { name, from, task, now } of everyMove()) {
      expect(task, name).toMatchObject({ revision: (from?.revision ?? 0) + 1, updatedAt: now });
    }
  });

  it('sets the times of what happens to now', () => {
    const ofRow = ['endedAt', 'acceptedAt', 'missingSince', 'rungAt'];
    for (const move of everyMove()) {
      const set = setBy(move);
      for (const [member, at] of Object.entries(only(set, ...ofRow))) {
        expect(at, `${move.name}: ${member}`).toBe(move.now);
      }
      const { hold = { since: move.now }, doubt = { at: move.now } } = set;
      expect(hold, move.name).toMatchObject({ since: move.now });
      expect(doubt, move.name).toMatchObject({ at: move.now });
    }
  });

  it('asks now for the stop of a run, and keeps since when the run is to stop', () => {
    const stops = everyMove().filter((move) => setBy(move).stopping !== undefined);
    expect(stops.length).toBeGreaterThan(10);
    for (const { name, from, fact, task, now } of stops) {
      const was = from && 'stopping' in from ? from.stopping?.at : undefined;
      const at = fact.kind === 'cancelAsked' ? now : (was ?? now);
      expect(task, name).toMatchObject({ stopping: { at, askedAt: now } });
    }
  });

  it('remembers of a run that is over what was known of it', () => {
    const ends = everyMove().filter(
      ({ from, task }) => from && from.runs !== task.runs && task.runs.length > 0,
    );
    expect(ends.length).toBeGreaterThan(50);
    for (const { name, from, task, now } of ends) {
      const { run, version } = { run: from?.run, version: from?.release?.version };
      expect(task.runs.slice(0, -1), name).toEqual(from?.runs);
      expect(task.runs.at(-1), name).toMatchObject({
        ...only(from ?? {}, 'placement', 'ecsTaskArn', 'startedAt'),
        ...{ run, version, endedAt: now, why: expect.stringMatching(/./) },
      });
    }
  });

  it('makes events that say what the row says', () => {
    for (const move of everyMove()) {
      const { name, task, now } = move;
      const says = {
        ...only(task, 'run', 'attempts', 'tenant', 'tool', 'exitCode', 'outcome', 'reason'),
        ...(task.release ? { version: task.release.version } : {}),
      };
      for (const event of newEvents(move)) {
        expect(event, name).toMatchObject({ at: now, sequence: task.revision, run: task.run });
        expect(event.body, name).toMatchObject(says);
      }
    }
  });

  it('says in the event of a requeue which run is over, and why', () => {
    const requeues = everyMove().filter(
      ({ from, task }) =>
        from &&
        task.phase === 'QUEUED' &&
        from.run < task.run &&
        'placement' in from &&
        !('endedAt' in from),
    );
    expect(requeues.length).toBeGreaterThan(20);
    for (const move of requeues) {
      const last = move.task.runs.at(-1);
      const says = { placement: last?.placement, version: last?.version, reason: last?.why };
      const events = newEvents(move).flatMap(({ what, to, body }) =>
        what === 'waiting' ? [] : [{ what, to, body }],
      );
      const body = expect.objectContaining({ ...says, ...only(last ?? {}, 'exitCode') });
      expect(events, move.name).toEqual(
        ['event', 'reply'].map((to) => ({ what: 'requeued', to, body })),
      );
    }
  });

  it('keeps what the task is', () => {
    const kept = ['taskId', 'replyTo', 'createdAt', 'tenant', 'priority'];
    for (const { name, from, fact, task } of everyMove()) {
      if (from === undefined || fact.kind === 'submitted') continue;
      expect(only(task, ...kept), name).toEqual(only(from, ...kept));
    }
  });

  it('keeps at the end of a task what is known of its last run', () => {
    const kept = ['release', 'placement', 'ecsTaskArn', 'startedAt', 'tool', 'payload'];
    const ends = everyMove().filter(
      ({ from, task }) => from && 'endedAt' in task && !('endedAt' in from),
    );
    expect(ends.length).toBeGreaterThan(50);
    for (const { name, from, fact, task } of ends) {
      if (fact.kind === 'objected') continue;
      expect(task, name).toMatchObject(only(from ?? {}, ...kept));
    }
  });

  it('has an oldest effect exactly while its outbox holds one', () => {
    for (const { name, task } of everyMove()) {
      expect(task.outboxSince === undefined, name).toBe(task.outbox.length === 0);
    }
  });
});
