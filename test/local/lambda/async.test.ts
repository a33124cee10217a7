import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AsyncSpec, openAsyncInvocations } from '../../../local/lambda/async.ts';

const minute = 60_000;

const opened = (failures: number, spec: Partial<AsyncSpec> = {}) => {
  const tries: number[] = [];
  const dead: string[] = [];
  const records: object[] = [];
  const start = Date.now();
  const queue = openAsyncInvocations(
    async () => {
      tries.push(Date.now() - start);
      return { ok: tries.length > failures, payload: '{"errorMessage":"no"}' };
    },
    () => ({
      maxRetries: 2,
      onDeadLetter: (event) => void dead.push(event),
      onFailure: (record) => void records.push(record),
      ...spec,
    }),
    { log: () => {} },
  );
  return { queue, tries, dead, records };
};

describe('an asynchronous invocation', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is tried again after one minute and after two more, and not after a success', async () => {
    const { queue, tries, dead } = opened(2);
    queue.invoke('relay', '{"a":1}');
    await vi.advanceTimersByTimeAsync(60 * minute);
    expect(tries).toEqual([0, minute, 3 * minute]);
    expect(dead).toEqual([]);
  });

  it('that has failed three times goes as it is to the dead-letter queue, and with a record to the destination', async () => {
    const { queue, tries, dead, records } = opened(3);
    queue.invoke('relay', '{"a":1}');
    await vi.advanceTimersByTimeAsync(60 * minute);
    expect(tries).toHaveLength(3);
    expect(dead).toEqual(['{"a":1}']);
    expect(records).toMatchObject([{ requestPayload: { a: 1 } }]);
  });

  it('is tried as often as its function says', async () => {
    const { queue, tries, dead } = opened(3, { maxRetries: 0 });
    queue.invoke('relay', '{}');
    await vi.advanceTimersByTimeAsync(60 * minute);
    expect(tries).toEqual([0]);
    expect(dead).toEqual(['{}']);
  });
});
