import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RefusedWrite } from '../../shared/core/unreadable.ts';
import { minute, noCapacity, second, sha256 } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { newWorld, type World } from '../kit/world.ts';

/** A world with one message for each id, dispatched. */
const dispatched = async (...ids: readonly string[]): Promise<World> => {
  const world = newWorld();
  for (const id of ids) world.submit(id);
  await world.dispatch();
  return world;
};

const strangerIn = (world: World) => {
  const found = world.tasks.rows().find((task) => task.taskId.startsWith('x-'));
  if (!found) throw new Error('there is no row of a stranger');
  return found;
};

describe('dispatch', () => {
  it('launches a task in the live version, and acknowledges its message', async () => {
    const world = await dispatched('film-1');
    expect(world.row('film-1')).toMatchObject({
      phase: 'STARTING',
      run: 1,
      placement: 'cpu-spot',
      release: { version: '1.0.0' },
    });
    expect(world.launched()).toEqual(['film-1/1']);
    expect(world.broker.ready('davit.tasks')).toEqual([]);
    expect(world.count('TasksCreated')).toBe(1);
    expect(world.count('RunsLaunched')).toBe(1);
  });

  it.each([
    ['takes one turn of the pace for each launch', 0, 1],
    [
      'takes two while many doorbells wait too, so that both queues stay within the rate of ECS',
      25,
      2,
    ],
  ])('%s', async (_how, doorbells, turns) => {
    const world = newWorld();
    let taken = 0;
    const pace = async (): Promise<void> => {
      taken += 1;
    };
    Object.assign(world.ports, { pace });
    for (let n = 0; n < doorbells; n += 1) await world.broker.ring(`other-${n}`, 1);
    for (let n = 0; n < 25; n += 1) world.submit(`film-${n}`);
    await world.dispatchFrom('davit.tasks');
    const launches = world.faults.calls.filter((name) => name === 'runs.launch').length;
    expect(launches).toBeGreaterThan(0);
    expect(taken).toBe(launches * turns);
  });

  it('saves the order before it is sent', async () => {
    const world = await dispatched('film-1');
    const { calls } = world.faults;
    expect(calls.indexOf('tasks.create')).toBeLessThan(calls.indexOf('runs.launch'));
    expect(calls.indexOf('runs.launch')).toBeLessThan(calls.indexOf('tasks.save'));
  });

  it('changes nothing for a message that comes again, in whatever phase its task is', async () => {
    const world = await dispatched('film-1');
    for (const step of ['starting', 'running', 'ended']) {
      world.submit('film-1');
      await world.dispatch();
      expect(world.launched(), step).toEqual(['film-1/1']);
      await world.pass(second);
      if (step === 'running') world.runs.exit(world.arnOf('film-1'), 0);
      await world.settle();
    }
    expect(world.row('film-1').phase).toBe('SUCCEEDED');
    expect(world.tasks.rows()).toHaveLength(1);
  });

  it('writes a REJECTED row with the body for another message of the same id', async () => {
    const world = await dispatched('film-1');
    world.submit('film-1', { input: { other: true } });
    await world.dispatch();
    const stranger = strangerIn(world);
    expect(stranger).toMatchObject({
      phase: 'REJECTED',
      reason: expect.stringMatching(/film-1 belongs to another message/),
    });
    expect(stranger.payload).toBeDefined();
    expect(world.row('film-1').phase).toBe('STARTING');
    world.publishBody('film-1', 'rubbish');
    await world.dispatch();
    const rows = world.tasks.rows();
    expect(rows).toHaveLength(3);
    const rubbish = rows.find((task) => task.payloadBytes === 7);
    expect(rubbish).toMatchObject({
      phase: 'REJECTED',
      payload: new Uint8Array(Buffer.from('rubbish')),
    });
  });

  it.each([
    ['no JSON', 'rubbish', /JSON/],
    ['a tool that does not exist', '{"tool":"nosuch"}', /there is no tool "nosuch"/],
    ['a size over the bounds', '{"tool":"echo","cpu":4096}', /from 256 to 1024 CPU units/],
    ['a size that Fargate has not', '{"tool":"echo","cpu":300}', /Fargate offers/],
    [
      'input that ECS would not accept',
      `{"tool":"echo","input":{"a":"${'x'.repeat(8200)}"}}`,
      /put the input into S3/,
    ],
  ])('rejects %s with a reason, a dead letter and a reply', async (_name, body, reason) => {
    const world = newWorld();
    world.publishBody('film-1', body);
    world.submit('film-2');
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({
      phase: 'REJECTED',
      reason: expect.stringMatching(reason),
      outbox: [],
    });
    expect(world.sentTo('davit.dead')).toEqual(['film-1']);
    expect(world.sentTo('reply.web')).toEqual(['davit.task.rejected']);
    expect(world.row('film-2').phase).toBe('STARTING');
    expect(world.count('TasksRejected')).toBe(1);
  });

  it('names the tool of a rejected task only when that tool exists', async () => {
    const world = newWorld();
    world.broker.listen('listener', '#');
    world.publishBody('film-1', '{"tool":"echo","cpu":4096}');
    world.publishBody('film-2', '{"tool":"nosuch"}');
    world.submit('film-3');
    await world.dispatch();
    world.submit('film-3', { input: { other: true } });
    await world.dispatch();
    expect(world.row('film-1').tool).toBe('echo');
    expect(world.row('film-2')).not.toHaveProperty('tool');
    expect(strangerIn(world).tool).toBe('echo');
    const keys = world.broker.ready('listener').map(({ routingKey }) => routingKey);
    expect(keys).toEqual(['echo.rejected', 'unknown.rejected', 'echo.rejected']);
  });

  it('acknowledges and counts a doorbell without a row', async () => {
    const world = newWorld();
    await world.broker.ring('film-1', 3);
    await world.dispatch();
    expect(world.count('DoorbellsWithoutRow')).toBe(1);
    expect(world.tasks.rows()).toEqual([]);
  });

  it('goes on with the other messages when this version cannot read the body of one row', async () => {
    const world = newWorld();
    world.tools.disconnect('SSM says nothing');
    world.submit('film-1');
    await world.dispatch();
    world.tools.reconnect();
    const row = world.row('film-1');
    if (row.phase !== 'QUEUED') throw new Error(`film-1 is ${row.phase}`);
    world.tasks.put({ ...row, payload: Buffer.from('{"tool":"echo","colour":"blue"}') });
    await world.broker.ring('film-1', row.run);
    world.submit('film-2');
    await world.dispatch();
    expect(world.broker.ready('davit.tasks')).toEqual([]);
    expect(world.launched()).toEqual(['film-2/1']);
    expect(world.count('RowsUnreadable')).toBe(1);
  });

  it('holds a task without a live version, and launches it after the release', async () => {
    const world = newWorld();
    const { spec } = world.registered('1.0.0');
    world.tools.set('echo', { spec });
    world.submit('film-1');
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({
      phase: 'QUEUED',
      hold: { by: 'live/echo', why: 'echo has no live version' },
    });
    // The second one is that its publisher was told.
    expect(world.row('film-1').revision).toBe(2);
    world.makeLive('1.1.0');
    await world.pass(minute);
    await world.sweep();
    expect(world.sentTo('davit.doorbells')).toEqual(['film-1']);
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'STARTING', release: { version: '1.1.0' } });
  });

  it('accepts a message while SSM cannot be reached, and says so in its row', async () => {
    const world = newWorld();
    world.tools.disconnect('timed out');
    world.submit('film-1');
    world.publishBody('film-2', '{"tool":"nosuch"}');
    world.publishBody('film-3', '{"tool":"echo","cpu":4096}');
    await world.dispatch();
    expect(world.phases()).toEqual(['QUEUED', 'QUEUED', 'QUEUED']);
    world.tools.reconnect();
    await world.pass(minute);
    await world.sweep();
    await world.dispatch();
    expect(world.row('film-1').phase).toBe('STARTING');
    expect(world.row('film-2')).toMatchObject({
      phase: 'REJECTED',
      reason: expect.stringMatching(/there is no tool "nosuch"/),
    });
    expect(world.row('film-2')).not.toHaveProperty('tool');
    expect(world.row('film-3')).toMatchObject({
      phase: 'REJECTED',
      tool: 'echo',
      reason: expect.stringMatching(/CPU units/),
    });
    expect(world.sentTo('davit.dead').sort()).toEqual(['film-2', 'film-3']);
  });

  it('holds a task whose tool was deleted after its first run', async () => {
    const world = await dispatched('film-1');
    await world.pass(second);
    world.runs.exit(world.arnOf('film-1'), 75);
    await world.pass(second);
    await world.settle();
    world.tools.set('echo', undefined);
    await world.pass(minute);
    await world.sweep();
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({
      phase: 'QUEUED',
      run: 2,
      hold: { by: 'tool/echo' },
    });
  });

  it('launches the version that a message asks for, and holds the task while it is not registered', async () => {
    const world = newWorld();
    world.tools.register(world.registered('0.9.0'));
    world.submit('film-1', { version: '0.9.0' });
    world.submit('film-2', { version: '7.0.0' });
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ release: { version: '0.9.0' } });
    expect(world.row('film-2')).toMatchObject({ hold: { by: 'version/echo/7.0.0' } });
  });

  it('holds a task that fits the present spec of its tool while an older spec is live', async () => {
    const world = newWorld();
    const live = world.registered('1.0.0');
    world.tools.set('echo', { spec: { ...live.spec, maxCpu: 4096, maxMemoryMiB: 8192 }, live });
    const large = { cpu: 4096, memoryMiB: 8192 };
    world.submit('film-1', large);
    world.submit('film-2', { ...large, version: '1.0.0' });
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({
      phase: 'QUEUED',
      hold: { by: 'tool/echo', why: expect.stringMatching(/not live yet.*from 256 to 1024 CPU/) },
    });
    // No later release can help this task.
    expect(world.row('film-2')).toMatchObject({ phase: 'REJECTED' });
    world.makeLive('1.0.0', { maxCpu: 4096, maxMemoryMiB: 8192 });
    await world.pass(minute);
    await world.sweep();
    await world.dispatch();
    expect(world.row('film-1').phase).toBe('STARTING');
  });

  it('does not launch for a doorbell before the delay of a retry is over', async () => {
    const world = await dispatched('film-1');
    await world.pass(second);
    world.runs.exit(world.arnOf('film-1'), 75);
    await world.pass(second);
    await world.settle();
    await world.broker.ring('film-1', 2);
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', run: 2 });
    await world.pass(10 * second);
    await world.broker.ring('film-1', 1);
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', run: 2 });
    await world.broker.ring('film-1', 2);
    await world.dispatch();
    expect(world.launched()).toEqual(['film-1/1', 'film-1/2']);
  });

  it('answers a doorbell that was rung in time, even when its own clock is late', async () => {
    const world = await dispatched('film-1');
    await world.pass(second);
    world.runs.exit(world.arnOf('film-1'), 75);
    await world.pass(second);
    await world.settle();
    await world.pass(10 * second);
    await world.sweep();
    const row = world.row('film-1');
    const delayed = 'notBefore' in row && row.notBefore !== undefined ? row.notBefore : Number.NaN;
    const { clock } = world.ports;
    Object.assign(world.ports, { clock: { ...clock, now: () => delayed - second / 2 } });
    await world.dispatch();
    Object.assign(world.ports, { clock });
    expect(world.launched()).toEqual(['film-1/1', 'film-1/2']);
  });

  it('throws after a wait when a row cannot be written, and goes on with the other messages', async () => {
    const world = newWorld();
    world.faults.failNext('tasks.create');
    for (const id of ['film-1', 'film-2', 'film-3']) world.submit(id);
    const before = world.clock.now();
    await expect(world.dispatch()).rejects.toThrow(
      /1 of 3 messages go back .* tasks.create failed/,
    );
    expect(world.clock.now() - before).toBe(5 * second);
    expect(world.launched()).toEqual(['film-2/1', 'film-3/1']);
    await world.dispatch();
    expect(world.launched().sort()).toEqual(['film-1/1', 'film-2/1', 'film-3/1']);
  });

  it('rejects no message for a fault of Davit: all come again until it is repaired', async () => {
    const world = newWorld();
    const refused = new RefusedWrite(
      'Attribute name is a reserved keyword; reserved keyword: status',
    );
    world.faults.breakDown('tasks.create', refused);
    world.submit('film-1');
    world.publishBody('film-2', 'rubbish');
    await expect(world.dispatch()).rejects.toThrow(/2 of 2 messages .* reserved keyword/);
    expect(world.tasks.rows()).toEqual([]);
    expect(world.sentTo('davit.tasks')).toEqual(['film-1', 'film-2']);
    world.faults.mend('tasks.create');
    await world.dispatch();
    expect(world.row('film-1').phase).toBe('STARTING');
    expect(world.row('film-2').phase).toBe('REJECTED');
  });

  it('keeps a message that would take over a cancel until that fault is repaired', async () => {
    const world = newWorld();
    world.tasks.put(samples['CANCELLED, before its message']);
    world.faults.breakDown('tasks.save', new RefusedWrite('a fault'));
    world.submit('film-1');
    await expect(world.dispatch()).rejects.toThrow(/a fault/);
    expect(world.sentTo('davit.tasks')).toEqual(['film-1']);
  });

  it('acknowledges a doorbell whose row cannot be written: the sweep visits the row', async () => {
    const world = newWorld();
    world.tools.disconnect('SSM says nothing');
    world.submit('film-1');
    await world.dispatch();
    world.tools.reconnect();
    await world.broker.ring('film-1', 1);
    world.faults.failNext('tasks.save', new RefusedWrite('a fault'));
    world.submit('film-2');
    await world.dispatch();
    expect(world.sentTo('davit.doorbells')).toEqual([]);
    expect(world.launched()).toEqual(['film-2/1']);
    expect(world.names()).toContain('row.unreadable');
    await world.pass(minute);
    await world.sweep();
    expect(world.sentTo('davit.doorbells')).toEqual(['film-1']);
  });

  it('does not begin a message when no time is left', async () => {
    const world = newWorld();
    world.submit('film-1');
    await expect(world.dispatch(AbortSignal.abort())).rejects.toThrow(/no time left/);
    expect(world.tasks.rows()).toEqual([]);
  });

  it('never throws for ECS, SSM or RabbitMQ', async () => {
    const world = newWorld();
    world.runs.setAvailability('FARGATE_SPOT', {
      is: 'closed',
      reason: noCapacity,
      seen: 'at once',
    });
    world.broker.disconnect('connection refused');
    world.submit('film-1');
    world.publishBody('film-2', 'rubbish');
    world.broker.reconnect();
    world.submit('film-1');
    world.publishBody('film-2', 'rubbish');
    world.broker.disconnect('connection refused');
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', run: 2 });
    expect(world.row('film-2').outbox.map(({ kind }) => kind)).toContain('dead');
  });

  it('rejects a message whose row the table cannot hold, and writes the rejection without the body', async () => {
    const world = newWorld();
    world.tasks.refuse('film-1', 'Item size has exceeded the maximum allowed size');
    world.submit('film-1');
    await world.dispatch();
    expect(strangerIn(world)).toMatchObject({
      phase: 'REJECTED',
      reason: expect.stringMatching(/the table cannot hold its row: Item size/),
    });
    expect(strangerIn(world)).not.toHaveProperty('payload');
  });

  it.each([
    ['its tool is unknown', { tool: 'nobody' }],
    ['it asks for more than its tool has', { tool: 'echo', memoryMiB: 999_999 }],
    ['its notBefore is too far away', { tool: 'echo', notBefore: '2100-01-01T00:00:00Z' }],
  ])('ends as cancelled when it was cancelled first, also when %s', async (_why, fields) => {
    const world = newWorld();
    world.tasks.put(samples['CANCELLED, before its message']);
    for (let times = 0; times < 2; times += 1) {
      world.submit('film-1', fields);
      await world.dispatch();
    }
    expect(world.tasks.rows()).toHaveLength(1);
    expect(world.row('film-1')).toMatchObject({ phase: 'CANCELLED', outbox: [] });
    expect(world.sentTo('reply.web')).toEqual(['davit.task.cancelled']);
    expect(world.broker.ready('davit.dead')).toEqual([]);
  });

  it('takes over a task that was cancelled before its message came', async () => {
    const world = newWorld();
    world.tasks.put(samples['CANCELLED, before its message']);
    world.submit('film-1');
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'CANCELLED', tool: 'echo', outbox: [] });
    expect(world.sentTo('reply.web')).toEqual(['davit.task.cancelled']);
    expect(world.launched()).toEqual([]);
  });
});

describe('a message whose id has a row', () => {
  const cancelledFirst = (): World => {
    const world = newWorld();
    world.tasks.put(samples['CANCELLED, before its message']);
    return world;
  };
  /** The rows of the messages that were rejected under another id. */
  const strangersIn = (world: World) =>
    world.tasks.rows().filter(({ taskId }) => taskId.startsWith('x-'));
  const rejectedFor = (reason: RegExp) => ({
    phase: 'REJECTED',
    outcome: 'rejected',
    reason: expect.stringMatching(reason),
    outbox: [],
  });

  it('is rejected when another message has taken over the cancel of both', async () => {
    const world = cancelledFirst();
    for (const input of [{ film: 1 }, { film: 2 }, { film: 3 }]) world.submit('film-1', { input });
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'CANCELLED', tool: 'echo', outbox: [] });
    const strangers = strangersIn(world);
    expect(strangers).toHaveLength(2);
    for (const row of strangers) expect(row).toMatchObject(rejectedFor(/another message/));
    const digests = world.tasks.rows().map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(3);
    expect(world.sentTo('davit.dead').sort()).toEqual(strangers.map((row) => row.taskId).sort());
    expect(world.sentTo('reply.web').sort()).toEqual([
      'davit.task.cancelled',
      'davit.task.rejected',
      'davit.task.rejected',
    ]);
  });

  it('takes over the cancel once when it comes twice in one batch', async () => {
    const world = cancelledFirst();
    for (const _time of [1, 2]) world.submit('film-1');
    await world.dispatch();
    expect(world.tasks.rows()).toHaveLength(1);
    expect(world.sentTo('reply.web')).toEqual(['davit.task.cancelled']);
  });

  it('becomes an ordinary task when the cancel expires while it is taken over', async () => {
    const world = cancelledFirst();
    const { tasks } = world;
    let isGone = false;
    const save: typeof tasks.save = async (next, was) => {
      if (isGone) return tasks.save(next, was);
      isGone = true;
      tasks.remove('film-1');
      return { kind: 'lost', winner: undefined };
    };
    Object.assign(world.ports, { tasks: { ...tasks, save } });
    world.submit('film-1');
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'STARTING', tool: 'echo' });
    expect(world.count('TasksCreated')).toBe(1);
  });

  it('is rejected when the table cannot hold the cancelled row with it', async () => {
    const world = cancelledFirst();
    const { tasks } = world;
    const save: typeof tasks.save = async (next, was) =>
      was.taskId === 'film-1'
        ? { kind: 'invalid', why: 'Item size to update has exceeded' }
        : tasks.save(next, was);
    Object.assign(world.ports, { tasks: { ...tasks, save } });
    world.submit('film-1');
    await world.dispatch();
    const [stranger] = strangersIn(world);
    expect(stranger).toMatchObject({ phase: 'REJECTED', reason: expect.stringMatching(/size/) });
    expect(stranger).not.toHaveProperty('payload');
  });

  it('belongs to that row when it is the same message, even when the row cannot be read', async () => {
    const world = await dispatched('film-1');
    world.tasks.spoil('film-1');
    world.submit('film-1');
    await world.dispatch();
    expect(world.count('RowsUnreadable')).toBe(1);
    expect(world.sentTo('davit.dead')).toEqual([]);
    expect(world.broker.ready('davit.tasks')).toEqual([]);
  });

  it.each([
    ['a task', '{"tool":"echo","input":{"other":true}}', /cannot be read/],
    ['for an unknown tool', '{"tool":"nosuch"}', /there is no tool "nosuch"/],
    ['no task', 'rubbish', /JSON/],
  ])(
    'is rejected when it is another message, %s, and the row cannot be read',
    async (_what, body, why) => {
      const world = await dispatched('film-1');
      world.tasks.spoil('film-1');
      world.publishBody('film-1', body);
      await world.dispatch();
      world.tasks.remove('film-1');
      expect(strangersIn(world)).toMatchObject([rejectedFor(why)]);
      expect(world.sentTo('davit.dead')).toHaveLength(1);
    },
  );

  it('is rejected under another id when its stranger id is taken too', async () => {
    const world = await dispatched('film-1');
    world.submit('film-1', { input: { other: true } });
    await world.dispatch();
    const { taskId } = strangerIn(world);
    world.tasks.remove(taskId);
    world.submit(taskId);
    await world.dispatch();
    world.submit('film-1', { input: { other: true } });
    await world.dispatch();
    expect(world.row(`x-${taskId}`)).toMatchObject(rejectedFor(/another message/));
  });
});

describe('a message that came while SSM could not be reached', () => {
  const hour = 60 * minute;
  /** A world whose tool must run within twenty minutes, with a message that came before its spec could be read. */
  const submittedBlind = async (): Promise<World> => {
    const world = newWorld({ spec: { startWithinMs: 20 * minute } });
    world.tools.disconnect('timed out');
    world.submit('film-1');
    await world.dispatch();
    return world;
  };
  const withinOf = (world: World): number =>
    world.row('film-1').startBy - world.row('film-1').queuedAt;
  const askedAgain = async (world: World): Promise<void> => {
    await world.pass(minute);
    await world.sweep();
    await world.dispatch();
  };

  it('has a day to start as long as its tool cannot be looked up', async () => {
    const world = await submittedBlind();
    await askedAgain(world);
    expect(world.row('film-1').phase).toBe('QUEUED');
    expect(withinOf(world)).toBe(24 * hour);
  });

  it('has the time of its spec from its arrival, as soon as it is launched', async () => {
    const world = await submittedBlind();
    world.tools.reconnect();
    await askedAgain(world);
    expect(world.row('film-1').phase).toBe('STARTING');
    expect(withinOf(world)).toBe(20 * minute);
  });

  it('has that time also while it waits for something else', async () => {
    const world = await submittedBlind();
    const live = world.registered('1.0.0');
    world.tools.set('echo', { spec: live.spec, live, paused: 'tests' });
    world.tools.reconnect();
    await askedAgain(world);
    expect(world.row('film-1')).toMatchObject({ hold: { why: 'echo is paused: tests' } });
    expect(withinOf(world)).toBe(20 * minute);
    // The row of a tool that was known from the beginning is not written again.
    world.tools.set('echo', { spec: { ...live.spec, startWithinMs: hour }, live, paused: 'tests' });
    await askedAgain(world);
    expect(withinOf(world)).toBe(20 * minute);
  });

  it('fails when that time was over before the spec could be read', async () => {
    const world = await submittedBlind();
    await world.pass(30 * minute);
    world.tools.reconnect();
    await askedAgain(world);
    expect(world.launched()).toEqual([]);
    await askedAgain(world);
    expect(world.row('film-1')).toMatchObject({
      phase: 'FAILED',
      outcome: 'notStarted',
      reason: expect.stringMatching(/^it did not run within 20 min/),
    });
    expect(world.sentTo('davit.dead')).toEqual(['film-1']);
  });
});

describe('dispatch that crashes at each of its calls in a batch of five', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const clean = await dispatched(...ids);
  const calls = clean.faults.calls.length;
  const cells = Array.from({ length: calls }, (_, index) => index + 1).flatMap((nth) =>
    (['before', 'after'] as const).map((moment) => ({ nth, moment })),
  );

  it.each(cells)(
    'runs each task once when it crashes $moment call $nth',
    async ({ nth, moment }) => {
      const world = newWorld();
      for (const id of ids) world.submit(id);
      world.faults.crashAt(nth, moment);
      await expect(world.dispatch()).rejects.toThrow(/go back to the queue/);
      world.faults.restart();
      await world.dispatch();
      expect(world.launched().sort()).toEqual(ids.map((id) => `${id}/1`));
      expect(world.phases()).toEqual(ids.map(() => 'STARTING'));
    },
  );

  it.each(cells)('is finished by the sweep when it crashes $moment call $nth', async (cell) => {
    const world = newWorld();
    for (const id of ids) world.submit(id);
    world.faults.crashAt(cell.nth, cell.moment);
    await expect(world.dispatch()).rejects.toThrow();
    world.faults.restart();
    const owned = world.tasks.rows().map(({ taskId }) => taskId);
    await world.pass(3 * minute);
    await world.settled(world.sweep());
    expect(world.launched().sort()).toEqual(owned.sort().map((id) => `${id}/1`));
    for (const id of owned) expect(['STARTING', 'RUNNING']).toContain(world.row(id).phase);
  });
});

/** Bodies of every kind that may share an id. The first two are the same message. */
const bodies = [
  '{"tool":"echo"}',
  '{"tool":"echo"}',
  '{"tool":"echo","input":{"film":2}}',
  '{"tool":"nosuch"}',
  '{"tool":"echo","cpu":4096}',
  'rubbish',
];

describe('a batch of messages that share their ids', () => {
  it('leaves a row for each of them, in spite of races and crashes', async () => {
    const message = fc.record({
      id: fc.constantFrom('film-1', 'film-2'),
      body: fc.constantFrom(...bodies),
    });
    const batch = fc.array(message, { minLength: 2, maxLength: 8 });
    const crash = fc.record({
      nth: fc.integer({ min: 1, max: 30 }),
      moment: fc.constantFrom('before' as const, 'after' as const),
    });
    await fc.assert(
      fc.asyncProperty(
        batch,
        fc.boolean(),
        crash,
        async (messages, isCancelled, { nth, moment }) => {
          const world = newWorld();
          if (isCancelled) world.tasks.put(samples['CANCELLED, before its message']);
          for (const { id, body } of messages) world.publishBody(id, body);
          world.faults.crashAt(nth, moment);
          await world.dispatch().catch(() => undefined);
          world.faults.restart();
          await world.dispatch();
          expect(world.broker.ready('davit.doorbells')).toEqual([]);
          const owners = world.tasks.rows().map(({ taskId, digest }) => `${taskId} ${digest}`);
          for (const { id, body } of messages) {
            const digest = sha256(body);
            const stranger = `x-${sha256(`${id}\0${body}`)}`;
            expect(owners).toContainEqual(
              expect.stringMatching(new RegExp(`^(${id}|${stranger}) ${digest}$`)),
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
