import { describe, expect, it } from 'vitest';
import { withCircuits } from '../../shared/flows/circuit.ts';
import type { Sent } from '../../shared/ports.ts';
import { minute, second } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { newWorld, type World } from '../kit/world.ts';

const unannounced = samples['SUCCEEDED, not announced yet'];

/** Rows with only the event for that audience in their outboxes. */
const putLeft = (world: World, to: 'event' | 'reply' | 'bus', rows: number): void => {
  const outbox = unannounced.outbox.filter((one) => one.kind === 'notify' && one.to === to);
  for (let row = 0; row < rows; row += 1)
    world.tasks.put({ ...unannounced, outbox, taskId: `${to}-${row}` });
};

const counting = (world: World, answer: (call: number) => Sent) => {
  let calls = 0;
  return {
    calls: () => calls,
    send: async (): Promise<Sent> => {
      calls += 1;
      const mine = calls;
      await world.clock.wait(second);
      return answer(mine);
    },
  };
};

describe('a peer that does not answer', () => {
  it('is not called again in this sweep, is logged once, and is called again in the next sweep', async () => {
    const world = newWorld();
    putLeft(world, 'bus', 300);
    const silent: Sent = { kind: 'failed', why: 'TimeoutError', silent: 'peer' };
    const { calls, send } = counting(world, () => silent);
    Object.assign(world.ports, { bus: { put: send } });
    await world.pass(10 * minute);
    await world.settled(world.sweep());
    expect(calls()).toBe(20);
    expect(world.count('PeersSilent')).toBe(1);
    expect(world.names().filter((name) => name === 'effect.failed')).toHaveLength(20);
    expect(world.row('bus-299').outboxTrouble?.why).toMatch(
      /^(not tried again in this sweep: )?Timeo/,
    );
    await world.pass(10 * minute);
    await world.settled(world.sweep());
    expect(calls()).toBe(40);
  });

  it('is called again when a call that was under way is answered', async () => {
    const world = newWorld();
    const answers: Sent[] = [
      { kind: 'failed', why: 'silent', silent: 'address' },
      { kind: 'sent' },
      { kind: 'sent' },
    ];
    const ways: (() => void)[] = [];
    const announce = () =>
      new Promise<Sent>((resolve) => {
        const answer = answers.shift() ?? { kind: 'sent' };
        ways.push(() => resolve(answer));
      });
    const { broker } = withCircuits({
      ...world.ports,
      broker: { ...world.broker, announce },
    });
    const [effect] = unannounced.outbox;
    if (effect?.kind !== 'notify') throw new Error('the sample has no event');
    const first = broker.announce(unannounced, effect);
    const second = broker.announce(unannounced, effect);
    ways[0]?.();
    expect(await first).toMatchObject({ kind: 'failed' });
    expect(await broker.announce(unannounced, effect)).toMatchObject({ isSkipped: true });
    expect(await broker.ring('film-1', 1)).not.toHaveProperty('isSkipped');
    ways[1]?.();
    expect(await second).toEqual({ kind: 'sent' });
    const third = broker.announce(unannounced, effect);
    ways[2]?.();
    expect(await third).toEqual({ kind: 'sent' });
  });

  it('is not a peer that refuses: every row is tried', async () => {
    const world = newWorld();
    putLeft(world, 'reply', 300);
    const full: Sent = { kind: 'failed', why: 'is the queue full?' };
    const { calls, send } = counting(world, () => full);
    Object.assign(world.ports, { broker: { ...world.broker, reply: send } });
    await world.pass(10 * minute);
    await world.settled(world.sweep());
    expect(calls()).toBe(300);
    expect(world.count('PeersSilent')).toBe(0);
  });

  it('does not defer the rows that needed it', async () => {
    const world = newWorld({ spec: { timeoutMs: 10 * minute } });
    // ECS takes twenty launches a second.
    for (const batch of ['a', 'b', 'c']) {
      for (let film = 0; film < 20; film += 1) world.submit(`${batch}-${film}`);
      await world.dispatch();
      await world.pass(2 * second);
    }
    await world.pass(minute);
    await world.settle();
    let asked = 0;
    const { runs } = world.ports;
    const silent = async () => {
      asked += 1;
      await world.clock.wait(second);
      throw new Error('it could not be described', {
        cause: Object.assign(new Error('no answer'), { name: 'TimeoutError' }),
      });
    };
    const hanging = new Proxy(runs, {
      get: (target, key, receiver) =>
        key === 'describe' ? silent : Reflect.get(target, key, receiver),
    });
    Object.assign(world.ports, { runs: hanging });
    await world.pass(10 * minute);
    await world.settled(world.sweep().catch(() => undefined));
    expect(asked).toBeLessThanOrEqual(21);
    expect(world.tasks.rows().filter(({ setbacks }) => setbacks > 0).length).toBeLessThanOrEqual(
      20,
    );
    expect(world.names().filter((name) => name === 'peer.silent')).toHaveLength(1);
  });
});
