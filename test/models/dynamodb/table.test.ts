import { describe, expect, it } from 'vitest';
import { contentsOf, itemOf, throttle, unthrottle } from '../../../models/dynamodb/table.ts';
import { tableUnderTest } from './kit.ts';

const s = (text: string) => ({ S: text });
const n = (number: number | string) => ({ N: String(number) });

const row = { taskId: s('film-1'), revision: n(1), phase: s('QUEUED'), updatedAt: s('2026-01') };
const created = (more: object = {}) => {
  const table = tableUnderTest();
  table.call('PutItem', { Item: { ...row, ...more } });
  return table;
};
const Key = { taskId: s('film-1') };

const refusal = (code: string, message: unknown) => ({
  ok: false,
  error: expect.objectContaining({ code, message }),
});

describe('an item', () => {
  it('is read as it was put, and is gone after it was deleted', () => {
    const table = created();
    expect(table.call('GetItem', { Key, ConsistentRead: true })).toEqual({
      ok: true,
      output: { Item: row },
    });
    table.call('DeleteItem', { Key });
    expect(table.call('GetItem', { Key, ConsistentRead: true })).toEqual({ ok: true, output: {} });
    expect(contentsOf(table.state())).toEqual([]);
  });

  it('is not put over another one under a condition, and the loser sees the winner', () => {
    const table = created();
    const input = {
      Item: { taskId: s('film-1'), revision: n(9) },
      ConditionExpression: 'attribute_not_exists(taskId)',
    };
    expect(table.call('PutItem', input)).toEqual({
      ok: false,
      error: {
        code: 'ConditionalCheckFailedException',
        message: 'The conditional request failed',
      },
    });
    const asking = { ...input, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
    expect(table.call('PutItem', asking)).toMatchObject({ error: { extra: { Item: row } } });
    expect(itemOf(table.state(), Key)).toEqual(row);
  });

  it('is updated if it has the revision that was read', () => {
    const table = created({ rings: n(3) });
    const update = (revision: number) =>
      table.call('UpdateItem', {
        Key,
        UpdateExpression: 'SET revision = :next, endedAt = :at REMOVE rings',
        ConditionExpression: 'revision = :read',
        ExpressionAttributeValues: {
          ':next': n(revision + 1),
          ':read': n(revision),
          ':at': s('now'),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
    expect(update(1)).toEqual({ ok: true, output: {} });
    const after = { ...row, revision: n(2), endedAt: s('now') };
    expect(itemOf(table.state(), Key)).toEqual(after);
    expect(update(1)).toMatchObject({ ok: false, error: { extra: { Item: after } } });
  });

  it('is created by an update without a condition', () => {
    const table = tableUnderTest();
    table.call('UpdateItem', {
      Key,
      UpdateExpression: 'SET stoppedAt = :place',
      ExpressionAttributeValues: { ':place': s('here') },
    });
    expect(contentsOf(table.state())).toEqual([{ ...Key, stoppedAt: s('here') }]);
  });

  it('leaves earlier states as they were', () => {
    const table = created();
    const before = table.state();
    const copy = structuredClone(before);
    table.call('UpdateItem', {
      Key,
      UpdateExpression: 'SET revision = :r',
      ExpressionAttributeValues: { ':r': n(2) },
    });
    table.call('DeleteItem', { Key });
    expect(before).toEqual(copy);
  });
});

describe('what a write returns', () => {
  it.each([
    ['NONE', undefined],
    ['ALL_OLD', row],
    ['UPDATED_OLD', { revision: n(1) }],
    ['ALL_NEW', { ...row, revision: n(2), run: n(1) }],
    ['UPDATED_NEW', { revision: n(2), run: n(1) }],
  ])('is %s of an update', (asked, attributes) => {
    const answer = created().call('UpdateItem', {
      Key,
      UpdateExpression: 'SET revision = :r, run = :one',
      ExpressionAttributeValues: { ':r': n(2), ':one': n(1) },
      ReturnValues: asked,
    });
    expect(answer).toEqual({ ok: true, output: attributes ? { Attributes: attributes } : {} });
  });
});

describe('a query of an index', () => {
  const filled = (options: Parameters<typeof tableUnderTest>[0] = {}) => {
    const table = tableUnderTest(options);
    for (const [at, id] of ['c', 'a', 'b', 'd', 'e'].entries()) {
      const Item = { taskId: s(id), phase: s('QUEUED'), updatedAt: s(`2026-0${at}`), secret: n(1) };
      table.call('PutItem', { Item });
    }
    table.call('PutItem', { Item: { taskId: s('x'), phase: s('FAILED'), updatedAt: s('2026') } });
    table.call('PutItem', { Item: { taskId: s('y'), phase: s('QUEUED') } });
    return table;
  };
  const asked = {
    IndexName: 'by-phase',
    KeyConditionExpression: 'phase = :phase',
    ExpressionAttributeValues: { ':phase': s('QUEUED') },
  };
  const idsOf = (answer: ReturnType<ReturnType<typeof tableUnderTest>['call']>) =>
    answer.ok ? answer.output.Items?.map((item) => item.taskId?.S) : answer.error;

  it('answers the items of the partition that have all of its keys, in order', () => {
    const table = filled();
    expect(idsOf(table.call('Query', asked))).toEqual(['c', 'a', 'b', 'd', 'e']);
    expect(idsOf(table.call('Query', { ...asked, ScanIndexForward: false }))).toEqual([
      ...['e', 'd', 'b', 'a', 'c'],
    ]);
  });

  it('answers only what the index holds', () => {
    const answer = filled().call('Query', { ...asked, Limit: 1 });
    expect(answer).toMatchObject({ output: { Items: [{ taskId: s('c'), phase: s('QUEUED') }] } });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  it('answers a range of the sort key', () => {
    const range = {
      ...asked,
      KeyConditionExpression: 'phase = :phase AND updatedAt <= :by',
      ExpressionAttributeValues: { ':phase': s('QUEUED'), ':by': s('2026-01') },
    };
    expect(idsOf(filled().call('Query', range))).toEqual(['c', 'a']);
  });

  it('goes on from page to page, also when the last item is gone', () => {
    const table = filled();
    const ids: unknown[] = [];
    let from: object | undefined;
    do {
      const page = table.call('Query', { ...asked, Limit: 2, ExclusiveStartKey: from });
      ids.push(...((page.ok && page.output.Items) || []).map((item) => item.taskId?.S));
      from = page.ok ? page.output.LastEvaluatedKey : undefined;
      table.call('DeleteItem', { Key: { taskId: s('a') } });
    } while (from);
    expect(ids).toEqual(['c', 'a', 'b', 'd', 'e']);
  });

  it('names the last item of a full page, also when nothing comes after it', () => {
    const page = filled().call('Query', { ...asked, Limit: 5 });
    expect(page).toMatchObject({ output: { LastEvaluatedKey: { taskId: s('e') } } });
    expect(filled().call('Query', asked)).not.toHaveProperty('output.LastEvaluatedKey');
  });

  it('counts before it filters', () => {
    const filtered = filled().call('Query', {
      ...asked,
      FilterExpression: 'taskId <> :id',
      ExpressionAttributeValues: { ...asked.ExpressionAttributeValues, ':id': s('a') },
      Limit: 2,
    });
    expect(filtered).toMatchObject({ output: { Count: 1, ScannedCount: 2 } });
  });

  it('shows the past up to the lag, and deleted items too', () => {
    const table = filled({ indexLagMs: [100, 100] });
    expect(idsOf(table.call('Query', asked))).toEqual([]);
    table.wait(101);
    expect(idsOf(table.call('Query', asked))).toEqual(['c', 'a', 'b', 'd', 'e']);
    table.call('DeleteItem', { Key: { taskId: s('a') } });
    table.wait(99);
    expect(idsOf(table.call('Query', asked))).toEqual(['c', 'a', 'b', 'd', 'e']);
    table.wait(1);
    expect(idsOf(table.call('Query', asked))).toEqual(['c', 'b', 'd', 'e']);
  });

  it('keeps the past no longer than a read can lag', () => {
    const table = filled({ indexLagMs: [0, 100] });
    for (let write = 0; write < 50; write += 1) {
      table.wait(60);
      table.call('PutItem', { Item: row });
      table.call('DeleteItem', { Key });
    }
    const kept = table.state().items.flatMap((shard) => Object.values(shard));
    expect(Math.max(...kept.map(({ past }) => past.length))).toBeLessThanOrEqual(6);
    expect(table.state().deleted.length).toBeLessThanOrEqual(3);
  });
});

it('a read of the table lags as the option says, unless it is consistent', () => {
  const table = tableUnderTest({ readLagMs: [50, 50] });
  table.call('PutItem', { Item: row });
  expect(table.call('GetItem', { Key })).toEqual({ ok: true, output: {} });
  expect(table.call('GetItem', { Key, ConsistentRead: true })).toMatchObject({
    output: { Item: row },
  });
});

describe('a throttle', () => {
  const read = { Key, ConsistentRead: true };

  it('refuses every call until it ends', () => {
    const table = created();
    table.change((state, now) => throttle(state, { until: now + 10 }));
    expect(table.call('GetItem', read)).toEqual(
      refusal('ThrottlingException', expect.stringContaining('Throughput exceeds')),
    );
    table.wait(10);
    expect(table.call('GetItem', read)).toMatchObject({ ok: true });
  });

  it('of a partition refuses the calls on it alone', () => {
    const table = created();
    table.change((state, now) =>
      throttle(state, {
        until: now + 10,
        partition: 'film-1',
        code: 'ProvisionedThroughputExceededException',
      }),
    );
    expect(table.call('DeleteItem', { Key })).toMatchObject({
      error: { code: 'ProvisionedThroughputExceededException' },
    });
    expect(table.call('GetItem', { Key: { taskId: s('film-2') } })).toMatchObject({ ok: true });
    table.change(unthrottle);
    expect(table.call('GetItem', read)).toMatchObject({ output: { Item: row } });
  });

  it('of a partition of an index also refuses the writes that change it', () => {
    const table = created();
    table.change((state, now) =>
      throttle(state, { until: now + 10, index: 'by-phase', partition: 'QUEUED' }),
    );
    const move = (phase: string) =>
      table.call('PutItem', { Item: { taskId: s('film-2'), phase: s(phase), updatedAt: s('1') } });
    expect(move('QUEUED')).toMatchObject({ error: { code: 'ThrottlingException' } });
    expect(move('FAILED')).toMatchObject({ ok: true });
    expect(table.call('DeleteItem', { Key })).toMatchObject({ ok: false });
    expect(table.call('GetItem', read)).toMatchObject({ output: { Item: row } });
  });
});
