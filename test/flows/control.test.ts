import { describe, expect, it, vi } from 'vitest';
import type { Ask, Asked, ControlAnswer } from '../../shared/core/control.ts';
import { answerAll, answerOne } from '../../shared/flows/control.ts';
import { asksOf } from '../../shared/wire/control-request.ts';
import { submissionOf } from '../../shared/wire/message.ts';
import { freePace } from '../kit/facts.ts';
import { newWorld } from '../kit/world.ts';

const world = () => {
  const made = newWorld();
  const ports = { ...made.ports, submissionOf, stopPace: freePace };
  return {
    ...made,
    ports,
    control: (asked: Asked) => made.settled(answerOne(ports, asked)),
    queue: (...asks: readonly Ask[]) => answerAll(ports, asks),
  };
};
const submit = (body: string) => ({ ask: 'submit', taskId: 'film-1', body, priority: 3 }) as const;

/** Messages as `davit.control` delivers them. */
const asks = (bodies: readonly (object | string)[], properties: object = {}): readonly Ask[] => {
  const messages = bodies.map((body) => ({
    basicProperties: properties,
    data: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)).toString('base64'),
  }));
  const read = asksOf({ rmqMessagesByQueue: { 'davit.control::/': messages } }, 'reply.');
  if (!('queued' in read)) throw new Error('expected messages of davit.control');
  return read.queued;
};

const web = { replyTo: 'reply.web', correlationId: 'page-7' };

const answers = ({ broker }: ReturnType<typeof world>): readonly ControlAnswer[] =>
  broker
    .ready('reply.web')
    .filter(({ properties }) => properties.type === 'davit.control.answer')
    .map(({ body }) => JSON.parse(Buffer.from(body, 'base64').toString()));

describe('submit and backlog', () => {
  it('publishes a task message that the broker confirms', async () => {
    const { broker, control } = world();
    expect(await control(submit('{"tool":"echo"}'))).toEqual({
      kind: 'submitted',
      taskId: 'film-1',
    });
    const [message] = broker.ready('davit.tasks');
    expect(message?.properties).toMatchObject({ messageId: 'film-1', priority: 3 });
    expect(Buffer.from(message?.body ?? '', 'base64').toString()).toBe('{"tool":"echo"}');
  });

  it('publishes many messages at once, and answers for each in their order', async () => {
    const { broker, control } = world();
    const tasks = ['a', 'b', 'c'].map((taskId) => ({
      taskId,
      body: '{"tool":"echo"}',
      priority: 0,
    }));
    const wrong = tasks.with(1, { taskId: 'b', body: '{', priority: 0 });
    expect(await control({ ask: 'submitMany', tasks: wrong })).toMatchObject({
      kind: 'tasks',
      tasks: [
        { taskId: 'a', how: 'done' },
        { taskId: 'b', how: 'refused', says: expect.stringMatching(/not JSON/) },
        { taskId: 'c', how: 'done' },
      ],
    });
    expect(broker.ready('davit.tasks').map(({ properties }) => properties.messageId)).toEqual([
      'a',
      'c',
    ]);
    broker.disconnect('connection refused');
    expect(await control({ ask: 'submitMany', tasks })).toMatchObject({
      tasks: tasks.map(({ taskId }) => ({ taskId, how: 'failed' })),
    });
  });

  it('refuses a message that dispatch would reject, and publishes nothing', async () => {
    const { broker, control } = world();
    expect(await control(submit('rubbish'))).toMatchObject({ kind: 'refused' });
    expect(await control({ reason: 'that is no question' })).toMatchObject({ kind: 'refused' });
    expect(broker.ready('davit.tasks')).toEqual([]);
  });

  it('says what to do when the broker cannot be reached or has no queue', async () => {
    const { broker, control } = world();
    broker.disconnect('connection refused');
    expect(await control(submit('{"tool":"echo"}'))).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/connection refused/),
    });
    broker.reconnect();
    broker.state = { ...broker.state, queues: {} };
    expect(await control(submit('{"tool":"echo"}'))).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/run topology/),
    });
  });

  it('answers the number of ready messages, if the broker answers', async () => {
    const { broker, control } = world();
    await control(submit('{"tool":"echo"}'));
    await broker.ring('film-1', 1);
    expect(await control({ ask: 'backlog' })).toEqual({
      kind: 'backlog',
      ready: 1,
      doorbells: 1,
    });
    broker.disconnect('connection refused');
    expect(await control({ ask: 'backlog' })).toEqual({ kind: 'backlog' });
  });
});

describe('messages of davit.control', () => {
  it('go back to their queue when the broker does not take what they ask for', async () => {
    const { broker, clock, queue } = world();
    broker.disconnect('connection refused');
    let over = false;
    const given = queue(...asks([submit('{"tool":"echo"}')])).finally(() => {
      over = true;
    });
    given.catch(() => undefined);
    await vi.waitFor(() => expect(clock.nextAt()).toBe(clock.now() + 5_000));
    expect(over).toBe(false);
    await clock.advance(5_000);
    await expect(given).rejects.toThrow(/1 of 1 requests/);
  });

  it.each(['rubbish', '[1]', '{"ask":"dance"}', '{"ask":"cancel"}'])(
    'that are rubbish (%s) get a REJECTED row of their own, a dead letter and a reply',
    async (body) => {
      const made = world();
      made.submit('film-1');
      await made.dispatch();
      await made.queue(
        ...asks([body, { ask: 'cancel', taskId: 'film-1' }], { ...web, messageId: 'film-1' }),
      );
      expect(made.row('film-1')).toMatchObject({ stopping: { why: 'cancel' } });
      const [rejected] = made.tasks.rows().filter(({ phase }) => phase === 'REJECTED');
      expect(rejected?.taskId).toMatch(/^x-/);
      expect(made.sentTo('davit.dead')).toEqual([rejected?.taskId]);
      expect(made.sentTo('reply.web')).toContain('davit.task.rejected');
      expect(made.count('AsksRefused')).toBe(1);
    },
  );

  it('with a forbidden reply address are rejected, and nothing is done', async () => {
    const made = world();
    made.submit('film-1');
    await made.dispatch();
    await made.queue(...asks([{ ask: 'cancel', taskId: 'film-1' }], { replyTo: 'davit.tasks' }));
    expect(made.row('film-1')).not.toHaveProperty('stopping');
    expect(made.sentTo('davit.dead')).toHaveLength(1);
    expect(made.broker.ready('davit.tasks')).toEqual([]);
  });

  it('that submit what can never be a task get the row of that task, and its reply', async () => {
    const made = world();
    await made.queue(...asks([submit('rubbish')], web));
    expect(made.row('film-1')).toMatchObject({ phase: 'REJECTED', replyTo: 'reply.web' });
    expect(made.sentTo('reply.web')).toEqual(['davit.task.rejected']);
  });

  it('are answered at their reply address, with a sentence for each task', async () => {
    const made = world();
    made.submit('film-1');
    await made.dispatch();
    const both = { ask: 'cancel', taskIds: ['film-1', 'never-came'], why: 'the page was closed' };
    await made.queue(...asks([both], web));
    await made.queue(...asks([{ ask: 'redrive', taskId: 'film-1' }], web));
    const [cancelled, redriven] = answers(made);
    expect(cancelled).toMatchObject({
      kind: 'tasks',
      tasks: [
        { taskId: 'film-1', how: 'done', says: expect.stringMatching(/is being stopped/) },
        { taskId: 'never-came', how: 'done', says: expect.stringMatching(/within 14 days/) },
      ],
    });
    expect(redriven).toMatchObject({
      tasks: [{ how: 'refused', says: expect.stringMatching(/only FAILED and REJECTED/) }],
    });
    expect(made.broker.ready('reply.web').at(-1)?.properties.correlationId).toBe('page-7');
  });

  it('are done when their answer cannot be sent, and that is counted', async () => {
    const made = world();
    await made.queue(...asks([{ ask: 'cancel', taskId: 'a' }], { replyTo: 'reply.nobody' }));
    expect(made.row('a')).toMatchObject({ phase: 'CANCELLED' });
    expect(made.count('AnswersLost')).toBe(1);
    expect(made.names()).toContain('control.unanswered');
  });

  it('come again when a row cannot be read, and each cancel is done once', async () => {
    const made = world();
    made.submit('film-1');
    await made.dispatch();
    const batch = asks([
      { ask: 'cancel', taskId: 'film-1' },
      { ask: 'cancel', taskId: 'b' },
    ]);
    made.faults.failNext('tasks.read');
    await expect(made.settled(made.queue(...batch))).rejects.toThrow(/go back to it/);
    await made.settled(made.queue(...batch));
    expect(made.row('film-1')).toMatchObject({ stopping: { why: 'cancel' }, run: 1 });
    expect(made.row('b')).toMatchObject({ phase: 'CANCELLED' });
  });

  it('are done once, at whichever call control crashes before they come again', async () => {
    for (let call = 1; call <= 40; call += 1) {
      const made = world();
      for (const id of ['failed', 'running']) made.submit(id);
      await made.dispatch();
      await made.pass(1_000);
      made.runs.exit(made.arnOf('failed'), 64);
      await made.pass(1_000);
      await made.settle();
      const batch = asks([
        { ask: 'redrive', taskId: 'failed', run: 1 },
        { ask: 'cancel', taskIds: ['running', 'early'] },
        'rubbish',
      ]);
      made.faults.crashAt(call, call % 2 === 0 ? 'after' : 'before');
      await made.settled(made.queue(...batch)).catch(() => undefined);
      made.faults.restart();
      await made.settled(made.queue(...batch));
      await made.pass(130_000);
      await made.sweep();
      await made.dispatch();
      await made.pass(60_000);
      await made.settle();
      expect(made.row('failed'), `call ${call}`).toMatchObject({ run: 2, attempts: 0 });
      expect(made.row('running'), `call ${call}`).toMatchObject({ phase: 'CANCELLED' });
      expect(made.row('early'), `call ${call}`).toMatchObject({ phase: 'CANCELLED', digest: '' });
      expect(made.phases().filter((phase) => phase === 'REJECTED')).toHaveLength(1);
      expect(made.launched().filter((run) => run.startsWith('failed'))).toEqual([
        'failed/1',
        'failed/2',
      ]);
    }
  });
});
