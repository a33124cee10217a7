import { describe, expect, it, vi } from 'vitest';
import type { SpokenLine } from '../../shared/core/run-lines.ts';
import { NotAsked } from '../../shared/core/unreachable.ts';
import { RefusedWrite, UnreadableRow } from '../../shared/core/unreadable.ts';
import { type RelayPorts, relay } from '../../shared/flows/relay.ts';
import type { LogEnd, Logs } from '../../shared/ports.ts';
import { hour, minute, second } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';
import { memoryOwnedRuns } from '../memory/owned-runs.ts';
import { memoryRunLines } from '../memory/run-lines.ts';

interface Speaking {
  readonly world: World;
  readonly ports: RelayPorts;
  /** Delivers lines of an ECS task, that of film-1 unless another one is named. */
  readonly say: (lines: readonly SpokenLine[], ecsTaskArn?: string) => Promise<void>;
}

const running = async (spec: object = {}, properties: object = {}): Promise<Speaking> => {
  const world = newWorld({ spec });
  world.broker.listen('listener', 'echo.*');
  world.submit('film-1', {}, properties);
  await world.dispatch();
  await world.pass(second);
  await world.settle();
  const ports: RelayPorts = {
    ...world.ports,
    lines: memoryRunLines(),
    owners: memoryOwnedRuns(),
    known: new Map(),
    signal: new AbortController().signal,
  };
  const arn = world.arnOf('film-1');
  return {
    world,
    ports,
    say: (lines, ecsTaskArn = arn) =>
      relay({ ecsTaskId: ecsTaskArn.split('/').at(-1) ?? '', lines, refused: [] }, ports),
  };
};

const end = async ({ world }: Speaking, exitCode = 0): Promise<void> => {
  world.runs.exit(world.arnOf('film-1'), exitCode);
  await world.pass(second);
  await world.settle();
};

const at = Date.UTC(2026, 10, 24, 14);
const output = (id: string, value: object = { id }): SpokenLine => ({
  id,
  at,
  kind: 'output',
  value,
});
const result: SpokenLine = { id: 'r', at, kind: 'result', json: '{"frames":240}' };

const eventsOf = (world: World, queue: string) =>
  world.broker.ready(queue).map(({ body }) => JSON.parse(Buffer.from(body, 'base64').toString()));
const dataOf = (world: World, queue: string, what: string) =>
  eventsOf(world, queue)
    .filter(({ type }) => type === `davit.task.${what}`)
    .map(({ data }) => data);

describe('relay', () => {
  it('publishes what a run says, to listeners and to the publisher, in order', async () => {
    const speaking = await running();
    await speaking.say([
      { id: '1', at, kind: 'ready', value: { port: 1 } },
      { id: '2', at, kind: 'progress', fraction: 0.5, step: 'encode' },
      output('3'),
      output('4'),
    ]);
    for (const queue of ['reply.web', 'listener']) {
      expect(dataOf(speaking.world, queue, 'output')).toMatchObject([
        { taskId: 'film-1', run: 1, tool: 'echo', position: at * 1_000, output: { id: '3' } },
        { position: at * 1_000 + 1, output: { id: '4' } },
      ]);
      expect(dataOf(speaking.world, queue, 'progress')).toMatchObject([
        { fraction: 0.5, step: 'encode' },
      ]);
      expect(dataOf(speaking.world, queue, 'ready')).toMatchObject([{ ready: { port: 1 } }]);
    }
  });

  it('makes the same events of a delivery that comes again', async () => {
    const speaking = await running();
    await speaking.say([output('1'), output('2')]);
    await speaking.say([output('3')]);
    await speaking.say([output('1'), output('2')]);
    const ids = eventsOf(speaking.world, 'listener').map(({ id }) => id);
    expect(ids.slice(-2)).toEqual(ids.slice(1, 3));
    expect(new Set(ids).size).toBe(4);
  });

  it('fails while the broker is away, so that the delivery comes again, but gives the result to the row', async () => {
    const speaking = await running();
    speaking.world.broker.disconnect('away');
    await expect(speaking.say([output('1'), result])).rejects.toThrow(
      /could not be published: away/,
    );
    expect(speaking.world.row('film-1')).toMatchObject({ result: '{"frames":240}' });
    speaking.world.broker.reconnect();
    await speaking.say([output('1'), result]);
    expect(dataOf(speaking.world, 'listener', 'output')).toMatchObject([{ output: { id: '1' } }]);
  });

  it.each([
    ['full', { kind: 'failed', why: 'is the queue full?' }],
    ['silent', { kind: 'failed', why: 'no answer', silent: 'address' }],
    ['refused', { kind: 'refused', why: 'no such node' }],
  ] as const)(
    'gives up the replies to a queue that is %s, and no one else waits',
    async (_how, sent) => {
      const { world, ports, say } = await running();
      Object.assign(ports, { broker: { ...ports.broker, reply: async () => sent } });
      await say([output('1'), output('2')]);
      expect(dataOf(world, 'listener', 'output')).toHaveLength(2);
      expect(world.count('RepliesGivenUp')).toBe(2);
      expect(world.names()).toContain('reply.givenUp');
    },
  );

  it('counts no reply as given up while the delivery comes again', async () => {
    const { world, say } = await running();
    world.broker.disconnect('away');
    await expect(say([output('1')])).rejects.toThrow(/away/);
    expect(world.count('RepliesGivenUp')).toBe(0);
  });

  it('leaves out progress that cannot be published, and counts it', async () => {
    const speaking = await running();
    speaking.world.broker.disconnect('away');
    await speaking.say([{ id: '1', at, kind: 'progress', fraction: 0.5 }]);
    expect(speaking.world.count('ProgressLeftOut')).toBe(2);
  });

  it('gives the result to the row of the run, and its end has it', async () => {
    const speaking = await running({ result: true });
    await speaking.say([result]);
    await end(speaking);
    for (const queue of ['reply.web', 'listener']) {
      expect(dataOf(speaking.world, queue, 'succeeded')).toMatchObject([
        { result: { frames: 240 } },
      ]);
    }
  });

  it('sends the reply that waits as soon as the result comes', async () => {
    const speaking = await running({ result: true });
    await end(speaking);
    expect(dataOf(speaking.world, 'reply.web', 'succeeded')).toEqual([]);
    await speaking.say([result]);
    expect(dataOf(speaking.world, 'reply.web', 'succeeded')).toMatchObject([
      { result: { frames: 240 } },
    ]);
    expect(speaking.world.row('film-1')).toMatchObject({ outbox: [] });
  });

  it('does not take the late result of a replaced run, and publishes its late output as its own', async () => {
    const speaking = await running({ delaysMs: [0] });
    const { world } = speaking;
    const first = world.arnOf('film-1');
    await end(speaking, 75);
    await world.sweep();
    await world.dispatch();
    await world.pass(second);
    await world.settle();
    expect(world.row('film-1')).toMatchObject({ phase: 'RUNNING', run: 2 });
    await speaking.say([result, output('1'), { id: '2', at, kind: 'ready' }], first);
    expect(world.row('film-1')).not.toHaveProperty('result');
    expect(dataOf(world, 'listener', 'output')).toMatchObject([{ run: 1, output: { id: '1' } }]);
    expect(dataOf(world, 'listener', 'ready')).toEqual([]);
  });

  it('says in the row why a result cannot be used', async () => {
    const { world, ports } = await running({ result: true });
    const refused = [{ id: '1', at, word: 'DAVIT_RESULT', why: 'is not JSON' }];
    const ecsTaskId = world.arnOf('film-1').split('/').at(-1) ?? '';
    await relay({ ecsTaskId, lines: [], refused }, ports);
    expect(world.row('film-1')).toMatchObject({ resultMissing: 'its DAVIT_RESULT is not JSON' });
    expect(world.count('LinesRefused')).toBe(1);
  });

  it('fails for a task that ECS does not show yet, so that the delivery comes again', async () => {
    const { world, ports, say } = await running();
    const { runs } = ports;
    Object.assign(ports, {
      runs: { ...runs, describe: async () => ({ found: [], missing: [] }) },
    });
    const fresh = { ...result, at: world.clock.now() - second };
    await expect(say([fresh])).rejects.toThrow(/does not show task/);
    Object.assign(ports, { runs });
    await say([fresh]);
    expect(world.row('film-1')).toMatchObject({ result: '{"frames":240}' });
  });

  it('counts lines of a task that ECS does not show an hour after they were printed', async () => {
    const { world, ports, say } = await running();
    const runs = { ...ports.runs, describe: async () => ({ found: [], missing: [] }) };
    Object.assign(ports, { runs });
    const printed = { ...result, at: world.clock.now() - hour + minute };
    await expect(say([printed])).rejects.toThrow(/printed lines in the last hour/);
    expect(world.count('LinesWithoutRun')).toBe(0);
    await world.pass(minute);
    await say([printed]);
    expect(world.count('LinesWithoutRun')).toBe(1);
  });

  it('asks ECS again before it gives up old lines of a task that one read has missed', async () => {
    const { world, ports, say } = await running();
    const { describe: shown } = ports.runs;
    const describe = vi
      .fn(shown)
      .mockResolvedValueOnce({ found: [], missing: [world.arnOf('film-1')] });
    Object.assign(ports, { runs: { ...ports.runs, describe } });
    await say([{ ...output('1'), at: world.clock.now() - 2 * hour }]);
    expect(world.count('LinesWithoutRun')).toBe(0);
    expect(dataOf(world, 'listener', 'output')).toHaveLength(1);
    expect(describe).toHaveBeenCalledTimes(2);
  });

  it('keeps at most ten thousand runs in its memory, and forgets none for one that it has', async () => {
    const { world, ports, say } = await running();
    await say([output('1')]);
    const [[ecsTaskId = '', of] = []] = ports.known;
    for (let other = 1; other < 10_000 && of; other += 1) ports.known.set(`other-${other}`, of);
    await say([output('2')]);
    expect(ports.known.size).toBe(10_000);
    ports.known.delete(ecsTaskId);
    ports.known.set('one more', { taskId: 'x', run: 1, ecsTaskArn: 'x' });
    await say([output('3')]);
    expect([...ports.known.keys()]).toEqual([ecsTaskId]);
    expect(dataOf(world, 'listener', 'output')).toHaveLength(3);
  });

  it('counts and logs a row that cannot be read, and fails, so that the delivery waits for one who can', async () => {
    const { world, ports, say } = await running();
    const { tasks } = ports;
    const read = () => Promise.reject(new UnreadableRow('no such phase'));
    Object.assign(ports, { tasks: { ...tasks, read } });
    await expect(say([output('1')])).rejects.toThrow(/no such phase/);
    expect(world.count('RowsUnreadable')).toBe(1);
    expect(world.names()).toContain('row.unreadable');
    Object.assign(ports, { tasks });
    await say([output('1')]);
    expect(dataOf(world, 'listener', 'output')).toMatchObject([{ output: { id: '1' } }]);
    expect(world.count('RowsUnreadable')).toBe(1);
  });

  it('fails for a row that can no longer be read when it is given the result', async () => {
    const { world, ports, say } = await running();
    const { tasks } = ports;
    const save = () => Promise.reject(new UnreadableRow('no such phase'));
    Object.assign(ports, { tasks: { ...tasks, save } });
    await expect(say([result, output('1')])).rejects.toThrow(/no such phase/);
    expect(world.count('RowsUnreadable')).toBe(1);
    expect(dataOf(world, 'listener', 'output')).toHaveLength(1);
    Object.assign(ports, { tasks });
    await say([result, output('1')]);
    expect(world.row('film-1')).toMatchObject({ result: '{"frames":240}' });
  });

  it('counts and logs a row that refuses the result, and still fails for output', async () => {
    const { world, ports, say } = await running();
    const save = () => Promise.reject(new RefusedWrite('reserved word'));
    Object.assign(ports, { tasks: { ...ports.tasks, save } });
    await say([result, output('1')]);
    expect(world.count('RowsUnreadable')).toBe(1);
    world.broker.disconnect('away');
    await expect(say([result, output('2')])).rejects.toThrow(/published: away/);
    expect(world.count('RowsUnreadable')).toBe(2);
  });

  it('counts lines that no row knows, and deliveries that it cannot read', async () => {
    const { world, ports, say } = await running();
    await say(
      [{ ...result, at: world.clock.now() - hour }],
      'arn:aws:ecs:eu-central-1:1:task/davit-test/00000000000000000000000000000009',
    );
    expect(world.count('LinesWithoutRun')).toBe(1);
    await relay({ why: 'it cannot be unpacked' }, ports);
    expect(world.count('DeliveriesUnreadable')).toBe(1);
    await relay(undefined, ports);
  });

  const ecsAway = async (): Promise<never> => {
    throw new Error('Rate exceeded');
  };

  it.each([
    ['in its own memory', false],
    ['in the table, where another process has kept it', true],
  ])('asks ECS once whose log stream it is, and then finds it %s', async (_where, isFresh) => {
    const { world, ports, say } = await running();
    await say([result]);
    if (isFresh) ports.known.clear();
    else Object.assign(ports, { owners: { ...ports.owners, read: ecsAway } });
    Object.assign(ports, { runs: { ...ports.runs, describe: ecsAway } });
    await say([output('1')]);
    expect(dataOf(world, 'listener', 'output')).toMatchObject([{ run: 1, output: { id: '1' } }]);
  });

  it('keeps whose log stream it is also when nothing can be published then', async () => {
    const { world, ports, say } = await running();
    world.broker.disconnect('away');
    await expect(say([output('1')])).rejects.toThrow(/away/);
    world.broker.reconnect();
    ports.known.clear();
    Object.assign(ports, { runs: { ...ports.runs, describe: ecsAway } });
    await say([output('1')]);
    expect(dataOf(world, 'listener', 'output')).toHaveLength(1);
  });

  it('fails while ECS cannot be asked whose log stream it is, so that the delivery comes again', async () => {
    const { world, ports, say } = await running();
    const { runs } = ports;
    Object.assign(ports, { runs: { ...runs, describe: ecsAway } });
    await expect(say([output('1')])).rejects.toThrow(/Rate exceeded/);
    Object.assign(ports, { runs });
    await say([output('1')]);
    expect(dataOf(world, 'listener', 'output')).toHaveLength(1);
  });
});

describe('the sweep', () => {
  const swept = async (read: Logs['end'], spec: object = { result: true }): Promise<World> => {
    const speaking = await running(spec);
    Object.assign(speaking.world.ports, { logs: { end: read } });
    await end(speaking);
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
    const speaking = await running({ result: true }, { replyTo: undefined });
    await end(speaking);
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
    const speaking = await running(spec);
    Object.assign(speaking.world.ports, { logs: { end: notAsked } });
    await end(speaking, exitCode);
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

describe('the last lines of a run that failed', () => {
  const lines = ['reading', 'password=hunter2', 'no such codec'];
  const failing = async (read: Logs['end'], exitCode = 64): Promise<World> => {
    const speaking = await running();
    Object.assign(speaking.world.ports, { logs: { end: read } });
    await end(speaking, exitCode);
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
});
