import { describe, expect, test } from 'vitest';
import type { Sent } from '../../shared/ports.ts';
import type { Letter } from '../../shared/rabbit/lane.ts';
import { replyLine } from '../../shared/rabbit/reply-line.ts';
import { ClosedByBroker } from '../../shared/rabbit/within.ts';

const letterTo = (routingKey: string): Letter => ({
  exchange: '',
  routingKey,
  body: new Uint8Array(),
  properties: {},
});

const sent: Sent = { kind: 'sent' };
const closed = () => Promise.reject(new ClosedByBroker('541 INTERNAL_ERROR'));

/** A connection that the broker closes for a letter to one of `poisoned`, and for all that is under way beside it. */
const linkClosing = (poisoned: readonly string[]) => {
  const went: string[] = [];
  let closes = 0;
  return {
    went,
    closes: () => closes,
    send: async ({ routingKey }: Letter): Promise<Sent> => {
      went.push(routingKey);
      const before = closes;
      if (poisoned.includes(routingKey)) closes += 1;
      await new Promise(setImmediate);
      return closes > before ? closed() : sent;
    },
  };
};

describe('replies', () => {
  test('are sent together as long as no connection is closed', async () => {
    const [shared, alone] = [linkClosing([]), linkClosing([])];
    const send = replyLine(shared, alone);
    expect(await Promise.all(['reply.a', 'reply.b'].map((to) => send(letterTo(to))))).toEqual([
      sent,
      sent,
    ]);
    expect(alone.went).toEqual([]);
  });

  test('that were under way when a connection was closed still arrive, and the one to blame is refused at the third time', async () => {
    const [shared, alone] = [linkClosing(['reply.bad']), linkClosing(['reply.bad'])];
    const send = replyLine(shared, alone);
    const all = ['reply.a', 'reply.bad', 'reply.b'].map((to) => send(letterTo(to)));
    expect(await Promise.allSettled(all)).toMatchObject([
      { value: sent },
      { reason: expect.any(ClosedByBroker) },
      { value: sent },
    ]);
    await expect(send(letterTo('reply.bad'))).rejects.toThrow('541');
    expect(await send(letterTo('reply.bad'))).toEqual({
      kind: 'refused',
      why: expect.stringContaining('541'),
    });
    // It never went with others again.
    expect(shared.closes()).toBe(1);
  });

  test('to direct reply-to are sent one at a time, and are refused at once', async () => {
    const bad = 'amq.rabbitmq.reply-to.bad';
    const [shared, alone] = [linkClosing([]), linkClosing([bad])];
    const send = replyLine(shared, alone);
    const all = [bad, 'amq.rabbitmq.reply-to.good', bad].map((to) => send(letterTo(to)));
    expect((await Promise.all(all)).map(({ kind }) => kind)).toEqual([
      'refused',
      'sent',
      'refused',
    ]);
    expect(shared.went).toEqual([]);
  });

  test('of a thousand queues that closed one, the oldest is forgotten', async () => {
    const names = Array.from({ length: 1_001 }, (_, n) => `reply.bad-${n}`);
    const [shared, alone] = [linkClosing(names), linkClosing(names)];
    const send = replyLine(shared, alone);
    for (const name of names) await send(letterTo(name)).catch(() => {});
    await send(letterTo('reply.bad-0')).catch(() => {});
    expect(shared.closes()).toBe(1_002);
    await send(letterTo('reply.bad-1000')).catch(() => {});
    expect(shared.closes()).toBe(1_002);
  });

  test('that fail for another reason are not sent again', async () => {
    const gone = { send: () => Promise.reject(new Error('ECONNREFUSED')) };
    const alone = linkClosing([]);
    await expect(replyLine(gone, alone)(letterTo('reply.a'))).rejects.toThrow('ECONNREFUSED');
    await expect(replyLine(alone, gone)(letterTo('amq.rabbitmq.reply-to.a'))).rejects.toThrow(
      'ECONNREFUSED',
    );
    expect(alone.went).toEqual([]);
  });
});
