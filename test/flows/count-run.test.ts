import { describe, expect, it } from 'vitest';
import { hour, minute } from '../kit/facts.ts';
import { newWorld } from '../kit/world.ts';

const cannotStart = 'CannotStartContainerError: exec format error';

/** A world in which no container starts while `isBad` says so. */
const world = (isBad: () => boolean = () => true) =>
  newWorld({
    runtime: (order) => {
      if (order.kind !== 'start') return undefined;
      const { taskArn } = order;
      return isBad()
        ? { kind: 'notStarted', taskArn, reason: cannotStart }
        : { kind: 'started', taskArn };
    },
  });

type World = ReturnType<typeof world>;

const submitAndSettle = async (one: World, ...tasks: readonly string[]): Promise<void> => {
  for (const task of tasks) one.submit(task);
  await one.dispatch();
  await one.pass(10_000);
  await one.settle();
};

describe('what a run shows of its version', () => {
  it('marks a version broken at the third failed start, with an event, a metric and a log line', async () => {
    const one = world();
    await submitAndSettle(one, 'a', 'b');
    expect(one.versions.at('echo', '1.0.0')).toMatchObject({ failedStarts: 2 });
    expect(one.busEvents).not.toContain('broken/echo/1.0.0');
    await submitAndSettle(one, 'c');
    expect(one.versions.at('echo', '1.0.0')).toMatchObject({
      failedStarts: 3,
      broken: expect.stringContaining('exec format error'),
    });
    expect(one.busEvents).toEqual(['broken/echo/1.0.0']);
    expect(one.count('VersionsBroken')).toBe(1);
    expect(one.names()).toContain('version.broken');
    expect(one.row('c')).toMatchObject({ phase: 'QUEUED', attempts: 0, outbox: [] });
  });

  it('holds a new task of a broken version, which says why, and launches it when the version starts again', async () => {
    let isBad = true;
    const one = world(() => isBad);
    await submitAndSettle(one, 'a', 'b', 'c');
    await submitAndSettle(one, 'd');
    expect(one.row('d')).toMatchObject({
      phase: 'QUEUED',
      hold: {
        by: 'live/echo',
        why: expect.stringContaining('echo 1.0.0 is broken (3 starts'),
      },
    });
    expect(one.launched()).not.toContain('d/1');
    isBad = false;
    // The tasks that have the version already try it again.
    for (let minutes = 0; minutes < 5; minutes += 1) {
      await one.pass(minute);
      await one.sweep();
      await one.dispatch();
      await one.pass(1_000);
      await one.settle();
    }
    expect(one.versions.at('echo', '1.0.0')).not.toHaveProperty('broken');
    expect(one.row('d')).toMatchObject({ phase: 'RUNNING' });
  });

  it('keeps the count in the row until it is written, and counts it once', async () => {
    const one = world();
    one.faults.failNext('versions.saveVersion');
    await submitAndSettle(one, 'a');
    expect(one.row('a').outbox).toMatchObject([{ kind: 'count', saw: 'failedStart' }]);
    expect(one.versions.at('echo', '1.0.0')).toMatchObject({ failedStarts: 0 });
    await one.pass(2 * minute);
    await one.sweep();
    expect(one.row('a').outbox.filter(({ kind }) => kind === 'count')).toEqual([]);
    expect(one.versions.at('echo', '1.0.0')).toMatchObject({ failedStarts: 1 });
  });

  it('proves a version by a success, and never breaks one whose runs start and fail', async () => {
    const one = world(() => false);
    for (const task of ['a', 'b', 'c', 'd']) {
      await submitAndSettle(one, task);
      one.runs.exit(one.arnOf(task), 64);
      await one.pass(1_000);
      await one.settle();
      expect(one.row(task).phase).toBe('FAILED');
    }
    expect(one.versions.at('echo', '1.0.0')).toMatchObject({ failedStarts: 0 });
    expect(one.versions.at('echo', '1.0.0')).not.toHaveProperty('provenAt');
    await submitAndSettle(one, 'e');
    one.runs.exit(one.arnOf('e'), 0);
    await one.pass(1_000);
    await one.settle();
    expect(one.versions.at('echo', '1.0.0')).toHaveProperty('provenAt');
    await one.pass(hour);
    expect(one.busEvents).not.toContain('broken/echo/1.0.0');
  });
});
