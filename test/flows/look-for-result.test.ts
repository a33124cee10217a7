import { describe, expect, it } from 'vitest';
import { NotAsked } from '../../shared/core/unreachable.ts';
import type { LogEnd, Logs } from '../../shared/ports.ts';
import { minute, second } from '../kit/facts.ts';
import { at, dataOf, endRun, result, type Speaking, startSpeaking } from '../kit/speaking-run.ts';
import type { World } from '../kit/world.ts';

describe('the sweep', () => {
  const swept = async (read: Logs['end'], spec: object = { result: true }): Promise<World> => {
    const speaking = await startSpeaking(spec);
    Object.assign(speaking.world.ports, { logs: { end: read } });
    await endRun(speaking);
    await speaking.world.pass(30 * second);
    await speaking.world.settled(speaking.world.sweep());
    expect(dataOf(speaking.world, 'reply.web', 'succeeded')).toEqual([]);
    await speaking.world.pass(minute);
    await speaking.world.settled(speaking.world.sweep());
    return speaking.world;
  };
  const ended = (more: Partial<LogEnd> = {}): LogEnd => ({ lines: [], ...more });

  it('looks once in the log for a result that did not come in a minute', async () => {
    let reads = 0;
    const world = await swept(async () => {
      reads += 1;
      return ended({ result: { id: '1', at, kind: 'result', json: '{"frames":240}' } });
    });
    expect(reads).toBe(1);
    expect(world.row('film-1')).toMatchObject({ result: '{"frames":240}', outbox: [] });
    expect(dataOf(world, 'reply.web', 'succeeded')).toMatchObject([{ result: { frames: 240 } }]);
  });

  it.each([
    ['has no such line', async () => ended(), 'the end of its log has no DAVIT_RESULT'],
    ['does not exist', async () => undefined, 'the run has no log'],
    [
      'cannot be read',
      async () => {
        throw new Error('it hangs');
      },
      'its log could not be read: it hangs',
    ],
    [
      'has one that is no JSON',
      async () => ended({ result: { id: '1', at, word: 'DAVIT_RESULT', why: 'is not JSON' } }),
      'its DAVIT_RESULT is not JSON',
    ],
  ])('says so in the row and the reply where the log %s', async (_name, read, resultMissing) => {
    const world = await swept(read);
    expect(world.row('film-1')).toMatchObject({ resultMissing, outbox: [] });
    expect(dataOf(world, 'reply.web', 'succeeded')).toMatchObject([{ resultMissing }]);
    expect(world.count('ResultsMissing')).toBe(1);
  });
});

describe('a task with results and without a reply queue', () => {
  const ended = async (): Promise<Speaking> => {
    const speaking = await startSpeaking({ result: true }, { replyTo: undefined });
    await endRun(speaking);
    expect(speaking.world.row('film-1')).not.toHaveProperty('replyTo');
    expect(dataOf(speaking.world, 'listener', 'succeeded')).toHaveLength(1);
    expect(speaking.world.busEvents).toEqual([]);
    return speaking;
  };

  it('has its event on the bus as soon as the result is there', async () => {
    const { world, say } = await ended();
    await say([result]);
    expect(world.busEvents).toEqual(['film-1/1/bus.succeeded']);
    expect(world.row('film-1')).toMatchObject({ result: '{"frames":240}', outbox: [] });
  });

  it('says in its row why there is none, after a minute', async () => {
    const { world } = await ended();
    Object.assign(world.ports, { logs: { end: async () => undefined } });
    await world.pass(90 * second);
    await world.settled(world.sweep());
    expect(world.row('film-1')).toMatchObject({ resultMissing: 'the run has no log', outbox: [] });
    expect(world.busEvents).toEqual(['film-1/1/bus.succeeded']);
    expect(world.count('ResultsMissing')).toBe(1);
  });
});

describe('a log that was not asked for', () => {
  const failing = async (spec: object, exitCode: number): Promise<Speaking> => {
    const speaking = await startSpeaking(spec);
    Object.assign(speaking.world.ports, { logs: { end: notAsked } });
    await endRun(speaking, exitCode);
    await sweepLater(speaking, 2 * minute);
    return speaking;
  };
  const notAsked: Logs['end'] = async () => {
    throw new NotAsked('150 other logs were read');
  };
  const sweepLater = async ({ world }: Speaking, ms: number): Promise<void> => {
    await world.pass(ms);
    await world.settled(world.sweep());
  };

  it('holds the reply for a result until a later sweep', async () => {
    const speaking = await failing({ result: true }, 0);
    const { world } = speaking;
    expect(dataOf(world, 'reply.web', 'succeeded')).toEqual([]);
    expect(dataOf(world, 'listener', 'succeeded')).toHaveLength(1);
    expect(world.row('film-1')).not.toHaveProperty('resultMissing');
    const read: Logs['end'] = async () => ({
      lines: [],
      result: { id: '1', at, kind: 'result', json: '{"frames":240}' },
    });
    Object.assign(world.ports, { logs: { end: read } });
    await sweepLater(speaking, minute);
    expect(dataOf(world, 'reply.web', 'succeeded')).toMatchObject([{ result: { frames: 240 } }]);
  });

  it('is said to be missing after ten minutes', async () => {
    const speaking = await failing({ result: true }, 0);
    const { world } = speaking;
    await sweepLater(speaking, 9 * minute);
    const resultMissing = 'its log could not be read: 150 other logs were read';
    expect(dataOf(world, 'reply.web', 'succeeded')).toMatchObject([{ resultMissing }]);
    expect(world.row('film-1')).toMatchObject({ resultMissing, outbox: [] });
  });

  it('holds the events of a failure until a later sweep, for ten minutes at most', async () => {
    const speaking = await failing({}, 64);
    const { world } = speaking;
    expect(world.row('film-1')).toMatchObject({ phase: 'FAILED' });
    expect(world.row('film-1')).not.toHaveProperty('logTailRun');
    expect(dataOf(world, 'listener', 'failed')).toEqual([]);
    expect(world.broker.ready('davit.dead')).toHaveLength(1);
    Object.assign(world.ports, { logs: { end: async () => ({ lines: ['no codec'] }) } });
    await sweepLater(speaking, minute);
    expect(dataOf(world, 'reply.web', 'failed')).toMatchObject([{ logTail: 'no codec' }]);
    const other = await failing({}, 64);
    await sweepLater(other, 9 * minute);
    expect(dataOf(other.world, 'listener', 'failed')).toMatchObject([
      { logTailMissing: 'its log could not be read: 150 other logs were read' },
    ]);
  });
});
