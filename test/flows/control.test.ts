import { describe, expect, it, vi } from 'vitest';
import { answerAll, control } from '../../shared/flows/control.ts';
import { submissionOf } from '../../shared/wire/message.ts';
import { memoryBroker } from '../memory/broker.ts';
import { memoryClock } from '../memory/clock.ts';

const world = () => {
  const broker = memoryBroker();
  const clock = memoryClock();
  const logged: string[] = [];
  const log = (_level: string, what: string) => void logged.push(what);
  return { broker, clock, logged, ports: { broker, clock, submissionOf, log } };
};
const submit = (body: string) => ({ ask: 'submit', taskId: 'film-1', body, priority: 3 }) as const;

describe('control', () => {
  it('publishes a task message that the broker confirms', async () => {
    const { broker, ports } = world();
    expect(await control(ports, submit('{"tool":"echo"}'))).toEqual({
      kind: 'submitted',
      taskId: 'film-1',
    });
    const [message] = broker.ready('davit.tasks');
    expect(message?.properties).toMatchObject({ messageId: 'film-1', priority: 3 });
    expect(Buffer.from(message?.body ?? '', 'base64').toString()).toBe('{"tool":"echo"}');
  });

  it('publishes many messages at once, and answers for each in their order', async () => {
    const { broker, ports } = world();
    const tasks = ['a', 'b', 'c'].map((taskId) => ({
      taskId,
      body: '{"tool":"echo"}',
      priority: 0,
    }));
    const wrong = tasks.with(1, { taskId: 'b', body: '{', priority: 0 });
    expect(await control(ports, { ask: 'submitMany', tasks: wrong })).toMatchObject({
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
    expect(await control(ports, { ask: 'submitMany', tasks })).toMatchObject({
      tasks: tasks.map(({ taskId }) => ({ taskId, how: 'failed' })),
    });
  });

  it('refuses a message that dispatch would reject, and publishes nothing', async () => {
    const { broker, ports } = world();
    expect(await control(ports, submit('rubbish'))).toMatchObject({ kind: 'refused' });
    expect(broker.ready('davit.tasks')).toEqual([]);
  });

  it('says what to do when the broker cannot be reached or has no queue', async () => {
    const { broker, ports } = world();
    broker.disconnect('connection refused');
    expect(await control(ports, submit('{"tool":"echo"}'))).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/connection refused/),
    });
    broker.reconnect();
    broker.state = { ...broker.state, queues: {} };
    expect(await control(ports, submit('{"tool":"echo"}'))).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/run topology/),
    });
  });

  it('answers the number of ready messages, if the broker answers', async () => {
    const { broker, ports } = world();
    await control(ports, submit('{"tool":"echo"}'));
    expect(await control(ports, { ask: 'backlog' })).toEqual({ kind: 'backlog', ready: 1 });
    broker.disconnect('connection refused');
    expect(await control(ports, { ask: 'backlog' })).toEqual({ kind: 'backlog' });
  });

  it('gives failed requests back to their queue, and drops those that can never succeed', async () => {
    const { broker, clock, ports, logged } = world();
    await answerAll(ports, [{ reason: 'that is no question' }]);
    expect(logged).toEqual(['control.refused']);
    broker.disconnect('connection refused');
    let over = false;
    const given = answerAll(ports, [submit('{"tool":"echo"}')]).finally(() => {
      over = true;
    });
    given.catch(() => undefined);
    await vi.waitFor(() => expect(clock.nextAt()).toBe(clock.now() + 5_000));
    expect(over).toBe(false);
    await clock.advance(5_000);
    await expect(given).rejects.toThrow(/1 of 1 requests/);
  });
});
