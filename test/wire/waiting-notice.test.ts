import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { itemOf } from '../../shared/aws/row.ts';
import { cloudEventOf } from '../../shared/wire/cloud-event.ts';
import { taskOf } from '../../shared/wire/row.ts';
import { minute, start } from '../kit/facts.ts';
import { onward, samples } from '../kit/samples.ts';

const hold = {
  by: 'tool/echo',
  cause: 'specNotLive',
  why: 'the newest spec of echo is not live yet',
  since: start,
  opensAt: start + minute,
};
const waiting = onward(samples.QUEUED, [0, { kind: 'held', run: 1, hold }]);
const stored = unmarshall(marshall(itemOf(waiting)));

describe('a row that has to tell why it waits', () => {
  it('is read as it was written', () => {
    expect(taskOf(stored)).toEqual(waiting);
  });

  it('has the event in its outbox under a word that the previous release knows', () => {
    expect(stored.outbox).toMatchObject([
      { kind: 'free', limit: 'waiting', what: 'waiting', to: 'event' },
      { kind: 'free', limit: 'waiting', what: 'waiting', to: 'reply' },
    ]);
  });

  it('tells it as an event with a cause, a sentence and a time', () => {
    const [effect] = waiting.outbox;
    if (effect?.kind !== 'notify') throw new Error('Expected an event.');
    const event = cloudEventOf(waiting, effect, '/davit/test');
    expect(event.type).toBe('davit.task.waiting');
    expect(JSON.parse(event.json)).toMatchObject({
      id: 'film-1/1/event.waiting.1',
      subject: 'film-1',
      data: {
        taskId: 'film-1',
        run: 1,
        cause: 'specNotLive',
        reason: 'the newest spec of echo is not live yet',
        askedAgainAt: new Date(start + minute).toISOString(),
      },
    });
  });
});
