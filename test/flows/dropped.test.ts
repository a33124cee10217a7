import { describe, expect, it } from 'vitest';
import { deliver } from '../../models/broker/deliver.ts';
import { expire } from '../../models/broker/expire.ts';
import { eventOf } from '../../models/trigger/event.ts';
import { advance } from '../../shared/flows/advance.ts';
import { rejectDropped } from '../../shared/flows/dropped.ts';
import { asksOf } from '../../shared/wire/control-request.ts';
import { newWorld, type World } from '../kit/world.ts';

const source = { eventSourceArn: 'arn', queue: 'davit.dropped', virtualHost: '/' };
const expiring = { expiration: '1000' };

/** The messages that have expired in davit.tasks by now, as one batch of davit.dropped. */
const drop = async (world: World): Promise<void> => {
  const { broker, clock, ports } = world;
  broker.state = expire(broker.state, 'davit.tasks', clock.now());
  const from = { queue: 'davit.dropped', connection: 'trigger', most: 10 };
  const { state, deliveries } = deliver(broker.state, from);
  broker.state = state;
  const messages = deliveries.map(({ tag, properties, body }) => ({
    tag,
    properties,
    redelivered: false,
    deliveryCount: 0,
    bodyBase64: body,
    bodyBytes: Buffer.from(body, 'base64').length,
  }));
  const asked = asksOf(JSON.parse(JSON.stringify(eventOf(source, messages))), 'reply.');
  if (!('dropped' in asked)) throw new Error('expected a batch of davit.dropped');
  await world.settled(rejectDropped(asked.dropped, ports));
};

describe('a message that the broker dropped', () => {
  it('becomes a REJECTED row with a reason, a dead letter, an event and a reply', async () => {
    const world = newWorld();
    world.submit('film-1', {}, { ...expiring, headers: { mine: 'kept' } });
    await world.pass(1_000);
    await drop(world);
    const { reason, ...row } = { reason: undefined, ...world.row('film-1') };
    expect(row).toMatchObject({ phase: 'REJECTED', outbox: [] });
    expect(reason).toMatch(/^RabbitMQ dropped the message before Davit took it: it expired/);
    const [letter] = world.broker.ready('davit.dead');
    expect(letter?.properties).toMatchObject({
      messageId: 'film-1',
      headers: { mine: 'kept', 'davit-dead': 1, 'davit-reason': reason },
    });
    expect(letter?.properties.expiration).toBeUndefined();
    expect(world.sentTo('reply.web')).toEqual(['davit.task.rejected']);
    expect(world.busEvents).toEqual(['film-1/1/bus.rejected']);
    expect(world.count('MessagesDropped')).toBe(1);
  });

  it('is only acknowledged when its id has a row of the same message', async () => {
    const world = newWorld();
    world.submit('film-1');
    await world.dispatch();
    const before = world.row('film-1');
    world.submit('film-1', {}, expiring);
    await world.pass(1_000);
    await drop(world);
    expect(world.row('film-1')).toEqual(before);
    expect(world.broker.ready('davit.dead')).toEqual([]);
  });

  it('gets a row of its own when its id belongs to another message', async () => {
    const world = newWorld();
    world.submit('film-1');
    await world.dispatch();
    world.submit('film-1', { input: { other: true } }, expiring);
    await world.pass(1_000);
    await drop(world);
    const stranger = world.tasks.rows().find(({ taskId }) => taskId.startsWith('x-'));
    expect(stranger).toMatchObject({ phase: 'REJECTED' });
    expect(world.row('film-1').phase).not.toBe('REJECTED');
  });

  it('ends as cancelled when it was cancelled before it came', async () => {
    const world = newWorld();
    await advance(world.ports, undefined, { kind: 'cancelAsked', taskId: 'film-1' });
    world.submit('film-1', {}, expiring);
    await world.pass(1_000);
    await drop(world);
    expect(world.row('film-1').phase).toBe('CANCELLED');
    expect(world.sentTo('reply.web')).toEqual(['davit.task.cancelled']);
  });

  it('keeps its own reason when it could never be a task', async () => {
    const world = newWorld();
    world.publishBody('film-1', 'rubbish', expiring);
    await world.pass(1_000);
    await drop(world);
    expect(world.row('film-1')).toMatchObject({
      phase: 'REJECTED',
      reason: expect.stringContaining('is not JSON'),
    });
  });

  it('is only acknowledged when it is a doorbell: its row is due', async () => {
    const world = newWorld();
    world.publishBody('film-1', '', { ...expiring, headers: { 'davit-run': 2 } });
    await world.pass(1_000);
    await drop(world);
    expect(world.tasks.rows()).toEqual([]);
    expect(world.broker.ready('davit.dead')).toEqual([]);
  });

  it('comes again when the table cannot be reached', async () => {
    const world = newWorld();
    world.submit('film-1', {}, expiring);
    await world.pass(1_000);
    world.faults.breakDown('tasks.create', new Error('no table'));
    await expect(drop(world)).rejects.toThrow(/1 of 1 messages go back to davit.dropped.*no table/);
  });
});
