import { describe, expect, it } from 'vitest';
import { causeOf, holdCauses } from '../../shared/core/hold-cause.ts';
import { step } from '../../shared/core/step.ts';
import type { Task } from '../../shared/core/task.ts';
import type { Hold } from '../../shared/core/task-parts.ts';
import { arnOf, exit, launchDecided, minute, second, seen, start, stopped } from '../kit/facts.ts';
import { carriedOut, type HistoryEntry, onward, samples } from '../kit/samples.ts';

const paused: Hold = {
  by: 'tool/echo',
  cause: 'paused',
  why: 'echo is paused: tests',
  since: start,
};
const noCapacity: Hold = {
  by: 'placement/cpu',
  cause: 'noCapacity',
  why: 'cpu: no capacity since 14:02:00 UTC',
  since: start,
};
const denied: Hold = {
  by: 'deployment',
  why: 'the deployment cannot launch anything',
  since: start,
};
const broken: Hold = { ...paused, by: 'live/echo', cause: 'versionBroken', why: 'echo is broken' };

const heldBy = (hold: Hold, run = 1): HistoryEntry => [0, { kind: 'held', run, hold }];
const later = (ms: number, hold: Hold, run = 1): HistoryEntry => [ms, { kind: 'held', run, hold }];

const waitingIn = (task: Task) =>
  task.outbox.flatMap((effect) =>
    effect.kind === 'notify' && effect.what === 'waiting' ? [effect] : [],
  );
/** The causes that a row still has to tell to `davit.events`. */
const toldBy = (task: Task) =>
  waitingIn(task).flatMap(({ to, body, notBefore }) =>
    to === 'event' ? [{ cause: body.cause, notBefore }] : [],
  );
const first = onward(samples.QUEUED, heldBy(paused));

describe('an event that tells why a task waits', () => {
  it('comes with the first hold, to listeners and to the publisher, with a word and the sentence', () => {
    const body = { cause: 'paused', reason: 'echo is paused: tests', run: 1, tool: 'echo' };
    expect(waitingIn(first)).toMatchObject([
      { id: 'film-1/1/event.waiting.1', to: 'event', what: 'waiting', at: start, body },
      { id: 'film-1/1/reply.waiting.1', to: 'reply', what: 'waiting', at: start, body },
    ]);
    expect(waitingIn(first)[0]?.body).not.toHaveProperty('askedAgainAt');
  });

  it('says when the task is asked again, where it has a time of its own', () => {
    const opensAt = start + 5 * minute;
    const timed = onward(samples.QUEUED, heldBy({ ...paused, opensAt }));
    expect(waitingIn(timed)[0]?.body).toMatchObject({ askedAgainAt: opensAt });
    const late = onward(samples.QUEUED, heldBy({ ...paused, opensAt: start + 60 * minute }));
    expect(waitingIn(late)[0]?.body).toMatchObject({ askedAgainAt: start + 10 * minute });
  });

  it('comes once and at once from a function whose clock is behind the one that queued the task', () => {
    const held = onward(samples.QUEUED, [-3 * second, { kind: 'held', run: 1, hold: paused }]);
    expect(toldBy(held)).toEqual([{ cause: 'paused', notBefore: undefined }]);
    const again = onward(
      held,
      carriedOut,
      later(minute, { ...paused, why: 'echo is paused: again' }),
    );
    expect(toldBy(again)).toEqual([]);
  });

  it('does not come again for the same cause, whatever the sentence says', () => {
    const other = { ...paused, why: 'echo is paused: again', since: start + minute };
    const again = onward(first, carriedOut, later(minute, other), later(40 * minute, paused));
    expect(toldBy(again)).toEqual([]);
  });

  it('comes again when the cause becomes another one', () => {
    const other = onward(first, carriedOut, later(2 * minute, noCapacity));
    expect(toldBy(other)).toEqual([{ cause: 'noCapacity', notBefore: undefined }]);
    expect(waitingIn(other)[0]?.id).toBe('film-1/1/event.waiting.2');
  });

  it('comes later where it follows the last one too soon, and each time later', () => {
    const soon = onward(first, carriedOut, later(second, noCapacity));
    expect(toldBy(soon)).toEqual([{ cause: 'noCapacity', notBefore: start + minute }]);
    const third = onward(first, carriedOut, later(2 * minute, noCapacity), carriedOut, [
      second,
      { kind: 'held', run: 1, hold: broken },
    ]);
    expect(toldBy(third)).toEqual([{ cause: 'versionBroken', notBefore: start + 4 * minute }]);
  });

  it('is only about the newest cause where several follow each other', () => {
    const task = onward(first, carriedOut, later(second, noCapacity), later(second, broken));
    expect(toldBy(task)).toEqual([{ cause: 'versionBroken', notBefore: start + minute }]);
  });

  it('does not come where the cause that was told is back by then', () => {
    const back = onward(first, carriedOut, later(second, noCapacity), later(second, paused));
    expect(toldBy(back)).toEqual([]);
    const again = onward(back, later(second, broken));
    expect(toldBy(again)).toEqual([{ cause: 'versionBroken', notBefore: start + minute }]);
    const then = onward(again, later(second, paused));
    expect(toldBy(then)).toEqual([]);
  });

  it('keeps one that could not be sent, besides the next one', () => {
    const task = onward(first, later(2 * minute, noCapacity));
    expect(toldBy(task).map(({ cause }) => cause)).toEqual(['paused', 'noCapacity']);
  });

  it('has a lower number than the next one, also where it was paced and could not be sent in its turn', () => {
    const soon = onward(first, carriedOut, later(second, noCapacity));
    const overdue = onward(soon, later(5 * minute, broken));
    const numbers = waitingIn(overdue).map(({ to, sequence, notBefore }) => ({
      ...{ to, sequence, notBefore },
    }));
    expect(numbers).toEqual([
      { to: 'event', sequence: soon.revision, notBefore: undefined },
      { to: 'reply', sequence: soon.revision, notBefore: undefined },
      { to: 'event', sequence: overdue.revision, notBefore: undefined },
      { to: 'reply', sequence: overdue.revision, notBefore: undefined },
    ]);
    const toldLater = onward(overdue, later(second, denied), later(10 * minute, paused));
    const sequences = waitingIn(toldLater).map(({ sequence }) => sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
  });

  it('counts as sent when its time is near: the clocks of functions differ', () => {
    const task = onward(first, carriedOut, later(second, noCapacity), later(55 * second, paused));
    expect(toldBy(task).map(({ cause }) => cause)).toEqual(['noCapacity', 'paused']);
  });

  it('comes again for the same cause when a container has run meanwhile, and not before', () => {
    const refused = onward(
      onward(samples.QUEUED, heldBy(denied), carriedOut, [minute, launchDecided]),
      [second, { kind: 'launchRefused', run: 1, cause: 'deployment', why: 'denied' }],
    );
    expect(refused).toMatchObject({ run: 2, hold: { by: 'deployment' } });
    expect(toldBy(refused)).toEqual([]);
    const ran = onward(
      onward(first, carriedOut, [minute, launchDecided]),
      [second, { kind: 'accepted', run: 1, ecsTaskArn: arnOf(1) }],
      [second, seen(1, { startedAt: start + 2 * minute })],
      [minute, { kind: 'missing', run: 1, ecsTaskArn: arnOf(1) }],
      [6 * minute, { kind: 'missing', run: 1, ecsTaskArn: arnOf(1) }],
      carriedOut,
      later(2 * minute, { ...paused, since: start + 9 * minute }, 2),
    );
    expect(toldBy(ran)).toEqual([{ cause: 'paused', notBefore: undefined }]);
  });

  it('is of a new wait after a container has run, also where an earlier one was still to come', () => {
    const soon = onward(first, carriedOut, later(second, noCapacity));
    const ran = onward(
      soon,
      [second, launchDecided],
      [second, { kind: 'accepted', run: 1, ecsTaskArn: arnOf(1) }],
      [second, seen(1, { startedAt: start + 4 * second })],
    );
    const tooShort = onward(
      soon,
      [second, launchDecided],
      [second, { kind: 'accepted', run: 1, ecsTaskArn: arnOf(1) }],
    );
    const exit75 = stopped(1, exit(75), { startedAt: start + 4 * second });
    expect(ran).not.toHaveProperty('waitingNotice');
    for (const from of [ran, tooShort]) {
      const queued = onward(from, [6 * second, exit75]);
      expect(queued).toMatchObject({ phase: 'QUEUED', run: 2 });
      expect(toldBy(queued)).toEqual([]);
      for (const hold of [noCapacity, paused, broken])
        expect(toldBy(onward(queued, later(15 * second, hold, 2)))).toEqual([
          { cause: hold.cause, notBefore: undefined },
        ]);
    }
  });

  it('names no time of asking again that is over when it is sent', () => {
    const opensAt = start + 30 * second;
    const early = onward(first, carriedOut, later(second, { ...noCapacity, opensAt }));
    expect(waitingIn(early)[0]?.body).not.toHaveProperty('askedAgainAt');
    const late = onward(
      first,
      carriedOut,
      later(second, { ...noCapacity, opensAt: opensAt + minute }),
    );
    expect(waitingIn(late)[0]?.body).toMatchObject({ askedAgainAt: opensAt + minute });
  });

  it('is dropped at the end of the task where it was not sent, whatever its time', () => {
    const task = onward(first, later(2 * minute, noCapacity), later(second, broken));
    expect(toldBy(task)).toHaveLength(3);
    const cancelled = step(task, { kind: 'cancelAsked', taskId: 'film-1' }, task.updatedAt);
    expect(cancelled.kind === 'moved' && toldBy(cancelled.task)).toEqual([]);
  });

  it('stays where it could not be sent yet, and the cause after it is over before its turn', () => {
    const told = onward(first, carriedOut, later(30 * second, noCapacity));
    const task = onward(told, later(35 * second, broken), later(5 * second, noCapacity));
    expect(toldBy(task).map(({ cause }) => cause)).toEqual(['noCapacity']);
  });

  it('is kept for the last three causes where nothing can be sent', () => {
    const holds = [noCapacity, broken, denied, paused];
    const task = holds.reduce((row, hold) => onward(row, later(20 * minute, hold)), first);
    expect(toldBy(task).map(({ cause }) => cause)).toEqual([
      'versionBroken',
      'deployment',
      'paused',
    ]);
    expect(task.eventsDropped).toEqual({ event: 2, reply: 2 });
  });

  it('is dropped where it waits for its time and the task runs or has ended', () => {
    const soon = onward(first, carriedOut, later(second, noCapacity));
    const cancelled = step(soon, { kind: 'cancelAsked', taskId: 'film-1' }, start + 2 * second);
    expect(cancelled.kind === 'moved' && toldBy(cancelled.task)).toEqual([]);
    const launching = onward(soon, [second, launchDecided]);
    expect(toldBy(launching)).toHaveLength(1);
    const running = onward(
      launching,
      [second, { kind: 'accepted', run: 1, ecsTaskArn: arnOf(1) }],
      [second, seen(1)],
    );
    expect(toldBy(running)).toEqual([]);
  });
});

describe('the cause of a hold', () => {
  it('is the usual one of what the row waits for, where an older Davit wrote the hold', () => {
    const causes = ['reach/echo', 'tool/echo', 'live/echo', 'version/echo/1.0.0', 'placement/cpu'];
    const others = ['deployment', 'limit/echo', 'of a later Davit'];
    expect([...causes, ...others].map((by) => causeOf({ by }))).toEqual([
      'notReachable',
      'paused',
      'noLiveVersion',
      'versionNotRegistered',
      'noCapacity',
      'deployment',
      'limit',
      'other',
    ]);
    expect(new Set(holdCauses).size).toBe(holdCauses.length);
  });
});
