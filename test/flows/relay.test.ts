import { describe, expect, it } from 'vitest';
import { RefusedWrite, UnreadableRow } from '../../shared/core/unreadable.ts';
import { relay } from '../../shared/flows/relay.ts';
import { hour, second } from '../kit/facts.ts';
import {
  at,
  dataOf,
  endRun,
  eventsOf,
  output,
  result,
  startSpeaking,
} from '../kit/speaking-run.ts';

describe('relay', () => {
  it('publishes what a run says, to listeners and to the publisher, in order', async () => {
    const speaking = await startSpeaking();
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
    const speaking = await startSpeaking();
    await speaking.say([output('1'), output('2')]);
    await speaking.say([output('3')]);
    await speaking.say([output('1'), output('2')]);
    const ids = eventsOf(speaking.world, 'listener').map(({ id }) => id);
    expect(ids.slice(-2)).toEqual(ids.slice(1, 3));
    expect(new Set(ids).size).toBe(4);
  });

  it('fails while the broker is away, so that the delivery comes again, but gives the result to the row', async () => {
    const speaking = await startSpeaking();
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
      const { world, ports, say } = await startSpeaking();
      Object.assign(ports, { broker: { ...ports.broker, reply: async () => sent } });
      await say([output('1'), output('2')]);
      expect(dataOf(world, 'listener', 'output')).toHaveLength(2);
      expect(world.count('RepliesGivenUp')).toBe(2);
      expect(world.names()).toContain('reply.givenUp');
    },
  );

  it('counts no reply as given up while the delivery comes again', async () => {
    const { world, say } = await startSpeaking();
    world.broker.disconnect('away');
    await expect(say([output('1')])).rejects.toThrow(/away/);
    expect(world.count('RepliesGivenUp')).toBe(0);
  });

  it('leaves out progress that cannot be published, and counts it', async () => {
    const speaking = await startSpeaking();
    speaking.world.broker.disconnect('away');
    await speaking.say([{ id: '1', at, kind: 'progress', fraction: 0.5 }]);
    expect(speaking.world.count('ProgressLeftOut')).toBe(2);
  });

  it('gives the result to the row of the run, and its end has it', async () => {
    const speaking = await startSpeaking({ result: true });
    await speaking.say([result]);
    await endRun(speaking);
    for (const queue of ['reply.web', 'listener']) {
      expect(dataOf(speaking.world, queue, 'succeeded')).toMatchObject([
        { result: { frames: 240 } },
      ]);
    }
  });

  it('sends the reply that waits as soon as the result comes', async () => {
    const speaking = await startSpeaking({ result: true });
    await endRun(speaking);
    expect(dataOf(speaking.world, 'reply.web', 'succeeded')).toEqual([]);
    await speaking.say([result]);
    expect(dataOf(speaking.world, 'reply.web', 'succeeded')).toMatchObject([
      { result: { frames: 240 } },
    ]);
    expect(speaking.world.row('film-1')).toMatchObject({ outbox: [] });
  });

  it('does not take the late result of a replaced run, and publishes its late output as its own', async () => {
    const speaking = await startSpeaking({ delaysMs: [0] });
    const { world } = speaking;
    const first = world.arnOf('film-1');
    await endRun(speaking, 75);
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
    const { world, ports } = await startSpeaking({ result: true });
    const refused = [{ id: '1', at, word: 'DAVIT_RESULT', why: 'is not JSON' }];
    const ecsTaskId = world.arnOf('film-1').split('/').at(-1) ?? '';
    await relay({ ecsTaskId, lines: [], refused }, ports);
    expect(world.row('film-1')).toMatchObject({ resultMissing: 'its DAVIT_RESULT is not JSON' });
    expect(world.count('LinesRefused')).toBe(1);
  });

  it('counts and logs a row that cannot be read, and fails, so that the delivery waits for one who can', async () => {
    const { world, ports, say } = await startSpeaking();
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
    const { world, ports, say } = await startSpeaking();
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
    const { world, ports, say } = await startSpeaking();
    const save = () => Promise.reject(new RefusedWrite('reserved word'));
    Object.assign(ports, { tasks: { ...ports.tasks, save } });
    await say([result, output('1')]);
    expect(world.count('RowsUnreadable')).toBe(1);
    world.broker.disconnect('away');
    await expect(say([result, output('2')])).rejects.toThrow(/published: away/);
    expect(world.count('RowsUnreadable')).toBe(2);
  });

  it('counts lines that no row knows, and deliveries that it cannot read', async () => {
    const { world, ports, say } = await startSpeaking();
    await say(
      [{ ...result, at: world.clock.now() - hour }],
      'arn:aws:ecs:eu-central-1:1:task/davit-test/00000000000000000000000000000009',
    );
    expect(world.count('LinesWithoutRun')).toBe(1);
    await relay({ why: 'it cannot be unpacked' }, ports);
    expect(world.count('DeliveriesUnreadable')).toBe(1);
    await relay(undefined, ports);
  });
});
