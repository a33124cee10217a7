import { describe, expect, it } from 'vitest';
import type { StopEvidence } from '../../../shared/core/fact.ts';
import type { Task } from '../../../shared/core/task.ts';
import type { ToolSpec } from '../../../shared/core/tool.ts';
import {
  exit,
  hour,
  launchDecided,
  minute,
  releaseNamed,
  second,
  seen,
  start,
  stopped,
  stoppedByUser,
} from '../../kit/facts.ts';
import { carriedOut, type HistoryEntry, onward, samples } from '../../kit/samples.ts';
import { movedBy, outboxOf } from '../../kit/step-helpers.ts';

/** A task whose runs end like this, one after the other; each is launched when it may be. */
const afterRuns = (spec: Partial<ToolSpec>, ...ends: readonly StopEvidence[]): Task =>
  ends.reduce((task, end, index) => {
    const wait = 'notBefore' in task ? (task.notBefore ?? 0) - task.updatedAt : 0;
    const launch: HistoryEntry = [
      Math.max(0, wait),
      (row, now) => launchDecided(row, now, { release: releaseNamed('1.0.0', spec) }),
    ];
    const run = index + 1;
    return onward(task, launch, [second, seen(run)], [minute, stopped(run, end)], carriedOut);
  }, samples.QUEUED as Task);

const waitOf = (task: Task): number | undefined =>
  'notBefore' in task && task.notBefore !== undefined ? task.notBefore - task.updatedAt : undefined;

const outOfMemory = { ...exit(137), containerReason: 'OutOfMemoryError: Container killed' };
const reclaimed: StopEvidence = { stopCode: 'SpotInterruption', exitCode: 143 };

describe('stopped', () => {
  it('ends a task that succeeded, with an event for each audience', () => {
    const task = movedBy(samples.RUNNING, stopped(1, exit(0)), start + hour);
    expect(task).toMatchObject({
      phase: 'SUCCEEDED',
      outcome: 'succeeded',
      exitCode: 0,
      attempts: 1,
      endedAt: start + hour,
      runs: [{ run: 1, verdict: 'succeeded', placement: 'cpu-spot', version: '1.0.0' }],
    });
    expect(outboxOf(task)).toEqual([
      'event.succeeded',
      'reply.succeeded',
      'bus.succeeded',
      'count.success',
    ]);
    expect(task).not.toHaveProperty('reason');
  });

  it('remembers the last twenty runs', () => {
    const task = afterRuns({ attempts: 20, reclaims: 30 }, ...Array(25).fill(reclaimed));
    expect(task.runs.map(({ run }) => run)).toEqual(Array.from({ length: 20 }, (_, n) => n + 6));
    expect(task).toMatchObject({ run: 26, reclaims: 25 });
  });

  it('delays the reply of a tool with results, but not its events', () => {
    const task = onward(
      samples.QUEUED,
      [0, (row, now) => launchDecided(row, now, { release: releaseNamed('1', { result: true }) })],
      [second, stopped(1, exit(0))],
    );
    const [event, reply, bus] = task.outbox;
    expect(reply).toMatchObject({ to: 'reply', notBefore: task.updatedAt + minute });
    expect(event).not.toHaveProperty('notBefore');
    expect(bus).not.toHaveProperty('notBefore');
  });

  it('tries again after failures of the tool, with growing delays, then fails', () => {
    const spec = { attempts: 4, delaysMs: [10 * second, minute] };
    const ends = [exit(75), exit(1), exit(75), exit(2)];
    const waits = [1, 2, 3].map((count) => waitOf(afterRuns(spec, ...ends.slice(0, count))));
    expect(waits).toEqual([10 * second, minute, minute]);
    const failed = afterRuns(spec, ...ends);
    expect(failed).toMatchObject({ phase: 'FAILED', attempts: 4, run: 4, exitCode: 2 });
    expect(failed).toMatchObject({ reason: 'exit 2 in attempt 4 of 4' });
  });

  it('describes the run in the event of a requeue', () => {
    const task = movedBy(samples.RUNNING, stopped(1, exit(75)), start + hour);
    expect(outboxOf(task)).toEqual(['event.requeued', 'reply.requeued']);
    expect(task.outbox).toMatchObject([
      { run: 2, body: { run: 2, attempts: 1, exitCode: 75, reason: 'exit 75' } },
      {},
    ]);
  });

  it('fails at once where trying again cannot help', () => {
    const task = movedBy(samples.RUNNING, stopped(1, exit(64)), start + hour);
    expect(task).toMatchObject({ phase: 'FAILED', attempts: 1, reason: 'exit 64' });
    expect(outboxOf(task)).toEqual(['dead', 'event.failed', 'reply.failed', 'bus.failed']);
  });

  it('requeues a reclaimed run at once, and does not count it as an attempt', () => {
    const task = movedBy(samples.RUNNING, stopped(1, reclaimed), start + hour);
    expect(task).toMatchObject({ phase: 'QUEUED', run: 2, attempts: 0, reclaims: 1, rings: 1 });
    expect(outboxOf(task)).toContain('doorbell');
    const spec = { reclaims: 2, attempts: 1 };
    expect(afterRuns(spec, reclaimed, reclaimed).phase).toBe('QUEUED');
    const failed = afterRuns(spec, reclaimed, reclaimed, reclaimed);
    expect(failed).toMatchObject({ phase: 'FAILED', attempts: 0, reclaims: 3 });
    expect(failed).toMatchObject({
      reason: expect.stringMatching(/^the platform reclaimed 3 runs/),
    });
  });

  it('spends no attempt for a failure of the platform or the release', () => {
    const spec = { attempts: 1, reclaims: 9 };
    const lost = { stopCode: 'TaskFailedToStart', stoppedReason: 'InternalError' };
    const bad = { stopCode: 'TaskFailedToStart', stoppedReason: 'exec format error' };
    const full = { stopCode: 'TaskFailedToStart', stoppedReason: 'RESOURCE:CPU' };
    const task = afterRuns(spec, lost, bad, full, reclaimed, stoppedByUser);
    expect(task).toMatchObject({ phase: 'QUEUED', run: 6, attempts: 0 });
    expect(afterRuns(spec, lost, bad, exit(0))).toMatchObject({ phase: 'SUCCEEDED', attempts: 1 });
  });

  it('waits before it tries again after a run that never started', () => {
    const lost = stopped(1, { stopCode: 'TaskFailedToStart', stoppedReason: 'InternalError' });
    const task = movedBy(samples.STARTING, lost, start + minute);
    expect(task).toMatchObject({ phase: 'QUEUED', reclaims: 0 });
    expect(waitOf(task)).toBe(10 * second);
  });

  it('tries the next placement at once where a started run found no capacity, and then waits', () => {
    const full = stopped(1, { stopCode: 'TaskFailedToStart', stoppedReason: 'RESOURCE:CPU' });
    const task = movedBy(samples.STARTING, full, start + minute);
    expect(task).toMatchObject({ phase: 'QUEUED', rings: 1 });
    const again = onward(
      task,
      [second, (row, now) => launchDecided(row, now, { placement: 'cpu' })],
      [second, { kind: 'launchRefused', run: 2, cause: 'capacity', why: 'full' }],
    );
    expect(again).toMatchObject({
      phase: 'QUEUED',
      hold: { by: 'placement/cpu+cpu-spot' },
      rings: 0,
    });
  });

  it('waits at once for Fargate on demand where a reclaimed task found no capacity there', () => {
    const full = { stopCode: 'TaskFailedToStart', stoppedReason: 'RESOURCE:CPU' };
    expect(afterRuns({ reclaims: 9 }, reclaimed, full)).toMatchObject({
      phase: 'QUEUED',
      hold: { by: 'placement/cpu' },
      rings: 0,
    });
  });

  it('doubles the memory once, and without a delay, where the spec allows it', () => {
    const once = afterRuns({ doubleMemory: true, attempts: 1 }, outOfMemory);
    expect(once).toMatchObject({ phase: 'QUEUED', memoryDoubled: true, rings: 1 });
    expect(afterRuns({ doubleMemory: true, attempts: 1 }, outOfMemory, outOfMemory)).toMatchObject({
      phase: 'FAILED',
      outcome: 'outOfMemory',
      attempts: 2,
      reason: 'out of memory in one more run with double memory, after 1 of 1 attempts',
    });
    expect(afterRuns({ doubleMemory: true, attempts: 2 }, outOfMemory, exit(75))).toMatchObject({
      phase: 'FAILED',
      reason: 'exit 75 in attempt 2 of 2',
    });
    expect(afterRuns({ attempts: 1 }, outOfMemory).phase).toBe('FAILED');
    expect(afterRuns({ attempts: 2 }, outOfMemory)).toMatchObject({ memoryDoubled: false });
  });

  it('says why the memory is not doubled, and goes on with the usual attempts', () => {
    const spec = { doubleMemory: true, attempts: 2, maxMemoryMiB: 1000 };
    const why = 'twice 512 MiB is more than maxMemoryMiB (1000)';
    const next = afterRuns(spec, outOfMemory);
    expect(next).toMatchObject({ phase: 'QUEUED', memoryDoubled: false });
    expect(next.runs.at(-1)?.why).toBe(`out of memory (its memory is not doubled: ${why})`);
    expect(afterRuns(spec, outOfMemory, outOfMemory)).toMatchObject({ phase: 'FAILED' });
  });

  it('ends CANCELLED when the container was seen stopped, and SUCCEEDED if the tool was faster', () => {
    const stopping = samples['RUNNING, being cancelled'];
    expect(movedBy(stopping, stopped(1, stoppedByUser), start + hour)).toMatchObject({
      phase: 'CANCELLED',
      outcome: 'cancelled',
      reason: 'no longer wanted',
    });
    expect(movedBy(stopping, stopped(1, exit(0)), start + hour).phase).toBe('SUCCEEDED');
  });

  it('fails a run that was stopped for its timeout, as a failure of the tool', () => {
    const task = samples['RUNNING, past timeout'];
    const ended = movedBy(task, stopped(1, stoppedByUser), task.updatedAt + minute);
    expect(ended).toMatchObject({ phase: 'FAILED', outcome: 'timeout', attempts: 1 });
  });

  it('tries the next placement after a run that did not start in time', () => {
    const task = samples['STARTING, past startTimeout'];
    const again = movedBy(task, stopped(1, stoppedByUser), task.updatedAt + minute);
    expect(again).toMatchObject({ phase: 'QUEUED', run: 2, attempts: 0, reclaims: 0, rings: 1 });
  });

  it('fails a task that did not run within startWithin, and spends no budget', () => {
    const task = samples['STARTING, past startWithin'];
    const ended = movedBy(task, stopped(1, stoppedByUser), task.updatedAt + minute);
    expect(ended).toMatchObject({ phase: 'FAILED', outcome: 'notStarted', attempts: 0 });
    expect(ended).toMatchObject({ reason: 'did not run within startWithin' });
  });

  it('frees the place of the run after every kind of end', () => {
    const placed = onward(
      samples.QUEUED,
      [0, (row, now) => launchDecided(row, now, { place: 'limit/echo' })],
      [second, seen(1)],
    );
    for (const end of [exit(0), exit(64), exit(75), reclaimed]) {
      const task = movedBy(placed, stopped(1, end), start + hour);
      expect(task.outbox).toContainEqual({
        kind: 'free',
        id: 'film-1/1/free',
        run: 1,
        limit: 'limit/echo',
      });
      expect(task).not.toHaveProperty('place');
    }
  });

  it('gives a run that exits 75 a second attempt', () => {
    const again = movedBy(samples.RUNNING, stopped(1, exit(75)), start + hour);
    expect(again).toMatchObject({ run: 2, attempts: 1 });
  });
});

describe('what a run that is over leaves in the row', () => {
  it('is the version of its last sighting', () => {
    const ended = movedBy(samples.RUNNING, stopped(1, exit(0)), start + hour);
    expect(ended).toMatchObject({ phase: 'SUCCEEDED', ecsVersion: 6 });
  });

  it('is a delay after it was out of memory, like after any end of the tool', () => {
    const delaysMs = [7 * second];
    const task = afterRuns({ attempts: 3, doubleMemory: false, delaysMs }, outOfMemory);
    expect(task).toMatchObject({ phase: 'QUEUED', attempts: 1 });
    expect(waitOf(task)).toBe(7 * second);
  });

  it('is a wait that doubles while the platform ends its runs before they run', () => {
    const lost: StopEvidence = { stopCode: 'TaskFailedToStart', stoppedReason: 'InternalError' };
    let task: Task = samples.QUEUED;
    const waits = Array.from({ length: 3 }, () => {
      const before = 'notBefore' in task ? (task.notBefore ?? 0) - task.updatedAt : 0;
      const { run } = task;
      task = onward(task, [before, launchDecided], [second, stopped(run, lost)], carriedOut);
      return waitOf(task);
    });
    expect(waits).toEqual([10 * second, 20 * second, 40 * second]);
  });

  it('is the old startWithin where ECS never showed it running', () => {
    const back = onward(samples.STARTING, [hour, stopped(1, exit(75))]);
    expect(back).toMatchObject({ phase: 'QUEUED', startBy: start + 24 * hour });
  });

  it('is a doorbell that is rung at once after a start that took too long', () => {
    const late = samples['STARTING, past startTimeout'];
    const now = late.updatedAt + second;
    expect(movedBy(late, stopped(1, stoppedByUser), now)).toMatchObject({ rungAt: now, rings: 1 });
  });
});

describe('a version that cannot be launched', () => {
  it.each(['release'] as const)('holds a task twice as long each time: %s', (cause) => {
    let task: Task = samples.QUEUED;
    const waits = Array.from({ length: 3 }, () => {
      const now = task.phase === 'QUEUED' ? (task.hold?.opensAt ?? task.updatedAt) : 0;
      const refusal = { kind: 'launchRefused', run: task.run, cause, why: 'no' } as const;
      task = onward(task, [now - task.updatedAt, launchDecided], [0, refusal], carriedOut);
      return task.phase === 'QUEUED' ? (task.hold?.opensAt ?? 0) - now : 0;
    });
    expect(waits).toEqual([minute, 2 * minute, 4 * minute]);
  });
});
