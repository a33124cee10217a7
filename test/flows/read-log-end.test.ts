import { describe, expect, it } from 'vitest';
import { NotAsked } from '../../shared/core/unreachable.ts';
import { advance } from '../../shared/flows/advance.ts';
import { flushOutbox } from '../../shared/flows/flush-outboxes.ts';
import type { Logs } from '../../shared/ports.ts';
import { cancelTask } from '../kit/cancel.ts';
import { dataOf, endRun, startSpeaking } from '../kit/speaking-run.ts';
import type { World } from '../kit/world.ts';

describe('the last lines of a run that failed', () => {
  const lines = ['reading', 'password=hunter2', 'no such codec'];
  const failing = async (read: Logs['end'], exitCode = 64): Promise<World> => {
    const speaking = await startSpeaking();
    Object.assign(speaking.world.ports, { logs: { end: read } });
    await endRun(speaking, exitCode);
    return speaking.world;
  };

  it('are in the row and in the event of its end, without secrets', async () => {
    let reads = 0;
    const world = await failing(async () => {
      reads += 1;
      return { lines };
    });
    const logTail = 'reading\npassword=***\nno such codec';
    expect(reads).toBe(1);
    expect(world.row('film-1')).toMatchObject({
      phase: 'FAILED',
      logTail,
      logTailRun: 1,
      outbox: [],
    });
    expect(dataOf(world, 'listener', 'failed')).toMatchObject([{ logTail }]);
  });

  it('are also in the event of a run that is tried again', async () => {
    const world = await failing(async () => ({ lines }), 75);
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', run: 2, logTailRun: 1 });
    expect(dataOf(world, 'reply.web', 'requeued')).toMatchObject([
      { run: 2, logTail: expect.stringContaining('no such codec') },
    ]);
  });

  it('are not waited for while the log cannot be read: row and event say so', async () => {
    const world = await failing(async () => {
      throw new Error('it hangs');
    });
    const logTailMissing = 'its log could not be read: it hangs';
    expect(world.row('film-1')).toMatchObject({ phase: 'FAILED', logTailMissing, outbox: [] });
    expect(dataOf(world, 'reply.web', 'failed')).toMatchObject([{ logTailMissing }]);
    expect(world.names()).toContain('log.unreadable');
  });

  it('are said to be missing where there is no log', async () => {
    const world = await failing(async () => undefined);
    expect(world.row('film-1')).toMatchObject({
      logTailMissing: expect.stringContaining('printed nothing'),
    });
  });

  it('are not read of a run that succeeded', async () => {
    const world = await failing(async () => {
      throw new Error('read');
    }, 0);
    expect(world.row('film-1')).toMatchObject({ phase: 'SUCCEEDED' });
    expect(world.row('film-1')).not.toHaveProperty('logTailMissing');
  });

  it('do not hold back that the task is cancelled', async () => {
    const world = await failing(async () => {
      throw new NotAsked('the log service is silent');
    }, 75);
    expect(dataOf(world, 'reply.web', 'requeued')).toEqual([]);
    await cancelTask(world, 'film-1');
    expect(world.row('film-1')).toMatchObject({ phase: 'CANCELLED' });
    expect(dataOf(world, 'reply.web', 'cancelled')).toHaveLength(1);
  });

  it('do not hold back a cancellation that the sweep has to tell of', async () => {
    const world = await failing(async () => {
      throw new NotAsked('the log service is silent');
    }, 75);
    const fact = { kind: 'cancelAsked', taskId: 'film-1' } as const;
    await advance(world.ports, world.row('film-1'), fact);
    await flushOutbox(world.ports, world.row('film-1'));
    expect(dataOf(world, 'reply.web', 'cancelled')).toHaveLength(1);
  });
});
