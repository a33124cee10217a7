import { describe, expect, it } from 'vitest';
import type { Answer, Management } from '../../shared/rabbit/management.ts';
import { type LimitStep, limitsOf } from '../../shared/rabbit/queue-limits.ts';
import { setLimit } from '../../shared/rabbit/set-limit.ts';

const [dead, , tasks] = limitsOf('%2F', '4.2.0', 'prod') as [LimitStep, LimitStep, LimitStep];

/** A broker with these policies, and so many messages in each queue. */
const brokerWith = (policies: unknown, messages = 0) => {
  const calls: string[] = [];
  const api: Management = async (method, path): Promise<Answer> => {
    calls.push(`${method} ${path}`);
    if (method === 'PUT') return { status: 201, body: undefined };
    if (path.startsWith('queues/')) return { status: 200, body: { messages, message_bytes: 0 } };
    return { status: 200, body: policies };
  };
  return { api, calls };
};

const ours = (step: LimitStep) => ({ vhost: '/', name: step.name, ...step.body });
const all = { name: 'all', pattern: '.*', 'apply-to': 'queues', priority: 100 };

describe('the limit of a queue', () => {
  it('is set once, and not again while it is correct', async () => {
    const fresh = brokerWith([]);
    expect(await setLimit(fresh.api, dead)).toEqual({ how: 'set' });
    expect(fresh.calls).toContain('PUT policies/%2F/davit-dead');
    const second = brokerWith([ours(dead)], 20_000);
    expect(await setLimit(second.api, dead)).toEqual({ how: 'present' });
    expect(second.calls).toEqual(['GET policies/%2F']);
  });

  it('is not set when it would drop messages in the queue, but is set when it only refuses new ones', async () => {
    const long = brokerWith([], 600_000);
    expect(await setLimit(long.api, dead)).toEqual({
      fault: expect.stringContaining('600000 messages'),
    });
    expect(long.calls.filter((call) => call.startsWith('PUT'))).toEqual([]);
    expect(await setLimit(long.api, tasks)).toEqual({ how: 'set' });
  });

  it('is set on the stage local also when it drops letters: that stage does not start without it', async () => {
    const long = brokerWith([], 600_000);
    for (const step of limitsOf('%2F', '3.10.8', 'local'))
      expect(await setLimit(long.api, step)).toEqual({ how: 'set' });
  });

  it.each<[string, object, boolean]>([
    ['another that says nothing of length', { ...all, definition: { expires: 1 } }, false],
    ['another that bounds it', { ...all, definition: { 'max-length-bytes': 1 } }, true],
    ['one of lower priority', { ...all, priority: 99, definition: {} }, true],
    ['one for exchanges', { ...all, 'apply-to': 'exchanges', definition: {} }, true],
    ['one for other queues', { ...all, pattern: '^web', definition: {} }, true],
    [
      'one with a pattern that JavaScript cannot read',
      { ...all, pattern: '(?<', definition: {} },
      true,
    ],
  ])('holds beside %s: %s %s', async (_name, policy, holds) => {
    const outcome = await setLimit(brokerWith([ours(dead), policy]).api, dead);
    expect('how' in outcome).toBe(holds);
  });

  it.each(['drop-head', 'reject-publish'])(
    'of davit.tasks may be an operator’s with overflow %s',
    async (how) => {
      const policy = { ...all, definition: { 'max-length': 5, overflow: how } };
      expect(await setLimit(brokerWith([ours(tasks), policy]).api, tasks)).toEqual({
        how: 'present',
      });
    },
  );

  it('passes the words of the broker on when policies cannot be read', async () => {
    const api: Management = async () => ({ status: 401, body: { reason: 'Login failed' } });
    expect(await setLimit(api, dead)).toEqual({
      fault: expect.stringContaining('401 Login failed'),
    });
  });

  it.each([
    ['3.10.8', 'queues'],
    ['3.12.0', 'quorum_queues'],
    ['3.13.7', 'quorum_queues'],
    ['4.0.0', 'quorum_queues'],
    ['10.1.0', 'quorum_queues'],
  ])('is, on RabbitMQ %s, one of %s', (version, applied) => {
    for (const step of limitsOf('%2F', version, 'prod'))
      expect(step.body['apply-to']).toBe(applied);
  });
});
