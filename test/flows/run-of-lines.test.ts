import { describe, expect, it, vi } from 'vitest';
import { hour, minute, second } from '../kit/facts.ts';
import { dataOf, output, result, startSpeaking } from '../kit/speaking-run.ts';

describe('the run of lines', () => {
  it('fails for a task that ECS does not show yet, so that the delivery comes again', async () => {
    const { world, ports, say } = await startSpeaking();
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
    const { world, ports, say } = await startSpeaking();
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
    const { world, ports, say } = await startSpeaking();
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
    const { world, ports, say } = await startSpeaking();
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

  const ecsAway = async (): Promise<never> => {
    throw new Error('Rate exceeded');
  };

  it.each([
    ['in its own memory', false],
    ['in the table, where another process has kept it', true],
  ])('asks ECS once whose log stream it is, and then finds it %s', async (_where, isFresh) => {
    const { world, ports, say } = await startSpeaking();
    await say([result]);
    if (isFresh) ports.known.clear();
    else Object.assign(ports, { owners: { ...ports.owners, read: ecsAway } });
    Object.assign(ports, { runs: { ...ports.runs, describe: ecsAway } });
    await say([output('1')]);
    expect(dataOf(world, 'listener', 'output')).toMatchObject([{ run: 1, output: { id: '1' } }]);
  });

  it('keeps whose log stream it is also when nothing can be published then', async () => {
    const { world, ports, say } = await startSpeaking();
    world.broker.disconnect('away');
    await expect(say([output('1')])).rejects.toThrow(/away/);
    world.broker.reconnect();
    ports.known.clear();
    Object.assign(ports, { runs: { ...ports.runs, describe: ecsAway } });
    await say([output('1')]);
    expect(dataOf(world, 'listener', 'output')).toHaveLength(1);
  });

  it('fails while ECS cannot be asked whose log stream it is, so that the delivery comes again', async () => {
    const { world, ports, say } = await startSpeaking();
    const { runs } = ports;
    Object.assign(ports, { runs: { ...runs, describe: ecsAway } });
    await expect(say([output('1')])).rejects.toThrow(/Rate exceeded/);
    Object.assign(ports, { runs });
    await say([output('1')]);
    expect(dataOf(world, 'listener', 'output')).toHaveLength(1);
  });
});
