import { describe, expect, it } from 'vitest';
import { type Due, type DueKind, due } from '../../shared/core/due.ts';
import { outboxDue } from '../../shared/core/outbox-due.ts';
import { step } from '../../shared/core/step.ts';
import type { Task } from '../../shared/core/task.ts';
import {
  arnOf,
  exit,
  hour,
  launchDecided,
  minute,
  releaseNamed,
  second,
  seen,
  start,
  stopped,
  submitted,
} from '../kit/facts.ts';
import { carriedOut, counted, onward, rowAfter, samples } from '../kit/samples.ts';
import { asQueued } from '../kit/step-helpers.ts';

/** Due so long after the row's last update, with that sentence. */
const dueAfter = (task: Task): Pick<Due, 'kind' | 'why'> & { readonly ms: number } => {
  const found = due(task);
  if (!found) throw new Error('the row is not due');
  return { kind: found.kind, ms: found.at - task.updatedAt, why: found.why };
};

/** The same of what its outbox holds. */
const outboxAfter = (task: Task): Pick<Due, 'kind'> & { readonly ms: number } => {
  const found = outboxDue(task);
  if (!found) throw new Error('the outbox is empty');
  return { kind: found.kind, ms: found.at - task.updatedAt };
};

const hold = { by: 'placement/gpu', why: 'gpu: no capacity since 14:02', since: start };
const holdNow = (_task: Task | undefined, now: number) =>
  ({ kind: 'held', run: 1, hold: { ...hold, since: now } }) as const;
const held = (opensAt?: number) =>
  onward(
    samples.QUEUED,
    [0, { kind: 'held', run: 1, hold: { ...hold, ...(opensAt === undefined ? {} : { opensAt }) } }],
    carriedOut,
  );

const launching = samples.LAUNCHING;
if (launching.phase !== 'LAUNCHING') throw new Error('the sample is not LAUNCHING');
const running = samples.RUNNING;
if (running.phase !== 'RUNNING') throw new Error('the sample does not run');

describe('a delay', () => {
  const delayed = asQueued(samples['QUEUED, delayed after exit 75']);
  const [last] = delayed.runs;
  if (!last) throw new Error('the sample has no run');

  it('says which attempt it comes before, or which run where the tool is not answerable', () => {
    const whyAfter = (verdict: typeof last.verdict): string | undefined =>
      due({ ...delayed, runs: [{ ...last, verdict }] })?.why;
    expect(whyAfter('outOfMemory')).toMatch(/^attempt 2 of 3 after exit 75, at /);
    expect(whyAfter('platform')).toMatch(/^run 2 after exit 75, at /);
  });

  it('says no number of attempts where the release is not known', () => {
    const { release: _release, ...task } = delayed;
    expect(due(task)?.why).toMatch(/^attempt 2 after exit 75, at /);
  });
});

describe('times that meet', () => {
  const at = start + 5 * minute;

  it('a row that is deferred until it is due is due as ever', () => {
    const task = { ...samples['QUEUED, held'], hold: { ...hold, opensAt: at }, deferredUntil: at };
    expect(due(task)).toMatchObject({
      at,
      kind: 'held',
      why: expect.not.stringMatching(/sweep/),
    });
    expect(due({ ...task, deferredUntil: at + 1 })).toMatchObject({ at: at + 1, kind: 'act' });
  });

  it('a queued row whose doorbell and startWithin come together fails', () => {
    const task = { ...samples['QUEUED, held'], hold: { ...hold, opensAt: at }, startBy: at };
    expect(due(task)).toMatchObject({
      at,
      kind: 'act',
      why: expect.stringMatching(/; it fails if it does not run by then$/),
    });
    expect(due({ ...task, startBy: at + 1 })).toMatchObject({ at, kind: 'held' });
  });

  it('a launch that is to stop is asked about at its time, even after startWithin', () => {
    const doubt = { why: 'RunTask timed out', at, times: 1 };
    const stopping = { why: 'cancel', at, askedAt: at } as const;
    expect(due({ ...launching, doubt, startBy: at })?.at).toBe(at);
    expect(due({ ...launching, doubt, stopping, startBy: at })?.at).toBe(at + minute);
  });

  it('a launch that is missing is due for startWithin where that comes first', () => {
    const task = { ...launching, missingSince: at, startBy: at + minute };
    expect(due(task)).toMatchObject({ at: at + minute, why: expect.stringMatching(/not found/) });
    expect(due({ ...task, startBy: at + hour })?.at).toBe(at + 5 * minute);
  });

  it('a run that is missing until its timeout is stopped for the timeout', () => {
    const end = running.startedAt + running.release.spec.timeoutMs;
    const task = { ...running, missingSince: end - 5 * minute };
    expect(due(task)).toMatchObject({ at: end, why: expect.stringMatching(/stopped after/) });
    const earlier = { ...running, missingSince: end - 5 * minute - 1 };
    expect(due(earlier)).toMatchObject({ at: end - 1, why: expect.stringMatching(/not found/) });
  });
});

describe('due', () => {
  it.each<[string, Task, DueKind, number, RegExp]>([
    ['a new row', samples.QUEUED, 'ring', 0, /run 1 waits to be launched/],
    [
      'a delay',
      samples['QUEUED, delayed after exit 75'],
      'ring',
      10 * second,
      /^attempt 2 of 3 after exit 75, at 14:01:41 UTC$/,
    ],
    [
      'a hold that says when it opens',
      held(start + 4 * minute),
      'held',
      4 * minute,
      /^gpu: no capacity since 14:02; asked again at 14:04:00 UTC$/,
    ],
    ['a hold that opens late', held(start + hour), 'held', 10 * minute, /asked again at 14:10/],
    ['a rung row', samples['QUEUED, rung'], 'again', 5 * minute, /SSM; rung at 14:01:00 UTC/],
    [
      'an order in dispatch’s hands',
      samples.LAUNCHING,
      'act',
      150 * second,
      /ECS is asked for run 1 on cpu-spot; asked again at 14:02:30 UTC/,
    ],
    [
      'a launch in doubt',
      samples['LAUNCHING, in doubt'],
      'act',
      minute,
      /has not said whether it accepted run 1 \(RunTask timed out\)/,
    ],
    ['a launch that must end', samples['LAUNCHING, being cancelled'], 'act', 59 * second, /asked/],
    [
      'a launch that is missing',
      samples['LAUNCHING, missing'],
      'act',
      5 * minute,
      /ECS has not found run 1 since 14:46:02 UTC/,
    ],
    [
      'a start',
      samples.STARTING,
      'act',
      15 * minute,
      /ECS is starting run 1 on cpu-spot since 14:00:01/,
    ],
    ['a run', samples.RUNNING, 'act', hour, /runs since 14:00:31 UTC; stopped after 1 h/],
    ['a missing start', samples['STARTING, missing'], 'act', 5 * minute, /has not found run 1/],
    ['a missing run', samples['RUNNING, missing'], 'act', 5 * minute, /has not found run 1/],
    [
      'a run that is being stopped',
      samples['RUNNING, being cancelled'],
      'act',
      minute,
      /run 1 is being stopped \(cancel\) since 14:00:32 UTC/,
    ],
    [
      'effects',
      samples['SUCCEEDED, not announced yet'],
      'effect',
      minute,
      /^it has ended; 3 effects are still to be carried out: event.succeeded, reply.succeeded to reply.web, bus.succeeded$/,
    ],
  ])('visits %s in time', (_name, task, kind, ms, why) => {
    expect(dueAfter(task)).toEqual({ kind, ms, why: expect.stringMatching(why) });
  });

  it('never waits longer than startWithin while the task does not run', () => {
    const late = rowAfter([0, submitted()], [24 * hour - minute, holdNow]);
    expect(dueAfter(late)).toMatchObject({ kind: 'act', ms: minute });
    const starting = onward(
      samples.QUEUED,
      [24 * hour - 5 * minute, launchDecided],
      [0, { kind: 'accepted', run: 1, ecsTaskArn: arnOf(1) }],
    );
    expect(dueAfter(starting).ms).toBe(5 * minute);
    const launching = onward(samples.QUEUED, [24 * hour - minute, launchDecided]);
    expect(dueAfter(launching).ms).toBe(minute);
  });

  it('keeps a row’s own time, and is due for its outbox after a minute', () => {
    const running = onward(samples.STARTING, [30 * second, seen(1)]);
    expect(running.outbox).toHaveLength(3);
    expect(dueAfter(running)).toMatchObject({ kind: 'act', ms: hour });
    expect(outboxAfter(running)).toMatchObject({ kind: 'effect', ms: minute });
    expect(outboxAfter(samples['QUEUED, redriven'])).toMatchObject({ kind: 'effect', ms: minute });
    const cancelled = onward(running, [
      second,
      { kind: 'cancelAsked', taskId: 'film-1', reason: 'no longer wanted' },
    ]);
    expect(outboxAfter(cancelled)).toMatchObject({ kind: 'stop' });
  });

  it('separates rows with only replies that failed from rows with other effects', () => {
    const unsent = samples['SUCCEEDED, not announced yet'];
    const reply = unsent.outbox.filter((one) => one.kind === 'notify' && one.to === 'reply');
    const outboxTrouble = { id: reply[0]?.id ?? '', why: 'full' };
    expect(outboxAfter({ ...unsent, outbox: reply })).toMatchObject({ kind: 'effect' });
    expect(outboxAfter({ ...unsent, outboxTrouble })).toMatchObject({ kind: 'effect' });
    expect(outboxAfter({ ...unsent, outbox: reply, outboxTrouble })).toMatchObject({
      kind: 'reply',
    });
  });

  it('does not visit an ended row with an empty outbox', () => {
    for (const task of [samples.SUCCEEDED, samples.FAILED, samples.CANCELLED, samples.REJECTED])
      expect(due(task)).toBeUndefined();
  });

  it('delays a reply that waits for its result, and nothing else', () => {
    const { task } = waiting();
    expect(dueAfter(task).ms).toBe(minute);
    const others = task.outbox.flatMap((effect) =>
      effect.kind === 'notify' && effect.notBefore !== undefined ? [] : [effect.id],
    );
    const left = onward(task, [30 * second, { kind: 'carriedOut', ids: others }]);
    expect(left.outbox).toMatchObject([{ to: 'reply' }]);
    expect(due(left)?.at).toBe(task.updatedAt + minute);
  });

  it('names what the row waits for first, and what is left in the outbox after it', () => {
    const back = onward(samples.RUNNING, [minute, stopped(1, { stopCode: 'SpotInterruption' })]);
    expect(back.outbox).toMatchObject([{ kind: 'doorbell' }, {}, {}]);
    expect(due(back)?.why).toMatch(
      /; 3 effects are still to be carried out: doorbell, event.requeued, reply.requeued to reply.web$/,
    );
  });

  it('carries out new effects in time, even where an older one was deferred', () => {
    let task: Task = onward(samples.STARTING, [30 * second, seen(1)]);
    for (let times = 0; times < 5; times += 1) {
      const answer = step(
        task,
        { kind: 'deferred', what: 'outbox', failures: [] },
        outboxDue(task)?.at ?? 0,
      );
      if (answer.kind === 'moved') task = answer.task;
    }
    expect(outboxAfter(task).ms).toBe(10 * minute);
    expect(outboxAfter(onward(task, [second, stopped(1, exit(0))])).ms).toBe(minute);
  });

  it('visits a run that is being stopped each minute, even where the sweep failed on it often', () => {
    let task: Task = samples['RUNNING, being cancelled'];
    for (let times = 0; times < 6; times += 1) {
      const now = Math.max(due(task)?.at ?? 0, task.updatedAt);
      const answer = step(
        task,
        { kind: 'deferred', what: 'row', why: 'ECS could not be reached' },
        now,
      );
      if (answer.kind === 'moved') task = answer.task;
      expect((due(task)?.at ?? 0) - now).toBe(minute);
    }
    expect(due(task)?.why).toMatch(/the sweep failed on this row and tries again at 14:0/);
  });

  it('waits longer after each time that the sweep failed on a row', () => {
    let task: Task = samples.RUNNING;
    const pauses = Array.from({ length: 8 }, () => {
      const now = Math.max(due(task)?.at ?? 0, task.updatedAt);
      const answer = step(
        task,
        { kind: 'deferred', what: 'row', why: 'ECS could not be reached' },
        now,
      );
      if (answer.kind === 'moved') task = answer.task;
      return ((due(task)?.at ?? 0) - now) / minute;
    });
    expect(pauses).toEqual([1, 2, 4, 8, 10, 10, 10, 10]);
    expect(due(onward(task, [0, stopped(1, exit(75))], carriedOut))?.kind).toBe('ring');
  });
});

const waiting = () => {
  const withResult = releaseNamed('1.0.0', { result: true });
  const task = onward(
    samples.QUEUED,
    [0, (task, now) => launchDecided(task, now, { release: withResult })],
    [second, seen(1)],
    carriedOut,
    [minute, stopped(1, exit(0))],
    counted,
  );
  return { task };
};
