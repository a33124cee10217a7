import { describe, expect, test } from 'vitest';
import { stackOf } from '../shared/handler.ts';

const recordingStack = () => {
  const written: unknown[] = [];
  const stack = stackOf({
    log: (level, what, facts) => written.push([level, what, facts]),
    flushMetrics: () => written.push('flushed'),
    nameInvocation: (requestId) => written.push(requestId),
  });
  return { written, stack };
};

const contextOf = (remainingMs: number) => ({
  awsRequestId: 'r-1',
  getRemainingTimeInMillis: () => remainingMs,
});

test('the event goes in, the answer comes out, and the counts are written', async () => {
  const { written, stack } = recordingStack();
  const handler = stack(async (event) => ({ event }));
  expect(await handler({ a: 1 }, contextOf(30_000))).toEqual({ event: { a: 1 } });
  expect(written).toEqual(['r-1', 'flushed']);
});

test('undefined is an answer like any other', async () => {
  const { stack } = recordingStack();
  await expect(stack(async () => undefined)({}, contextOf(30_000))).resolves.toBeUndefined();
});

test('a handler has no callback parameter: the runtime refuses one', () => {
  const { stack } = recordingStack();
  expect(stack(async () => 1).length).toBeLessThan(3);
});

test('a fault is logged once, the counts are written all the same, and Lambda gets the same error', async () => {
  const { written, stack } = recordingStack();
  const fault = new Error('the table could not be reached');
  await expect(stack(() => Promise.reject(fault))({}, contextOf(30_000))).rejects.toBe(fault);
  expect(written).toEqual(['r-1', ['error', 'fault', { error: fault }], 'flushed']);
});

test('work that throws before it returns a promise is a fault like any other', async () => {
  const { written, stack } = recordingStack();
  const handler = stack((): Promise<void> => {
    throw new Error('no such event');
  });
  await expect(handler({}, contextOf(30_000))).rejects.toThrow('no such event');
  expect(written).toHaveLength(3);
});

describe('before Lambda ends the function', () => {
  test('the signal aborts the work, and its answer still counts', async () => {
    const { stack } = recordingStack();
    const handler = stack(
      (_event, signal) =>
        new Promise<string>((resolve) => {
          signal.addEventListener('abort', () => resolve('wound down'));
        }),
    );
    // At least two seconds before the end, a second before the last word.
    expect(await handler({}, contextOf(2_050))).toBe('wound down');
  });

  test('work that goes on all the same is a fault, which is logged while there is time', async () => {
    const { written, stack } = recordingStack();
    const handler = stack(() => new Promise(() => {}));
    await expect(handler({}, contextOf(1_050))).rejects.toThrow('did not wind down');
    expect(written).toEqual(['r-1', ['error', 'fault', expect.anything()], 'flushed']);
  });

  test('the signal does not abort work that ends in time', async () => {
    const { stack } = recordingStack();
    const handler = stack(async (_event, signal) => signal.aborted);
    expect(await handler({}, contextOf(30_000))).toBe(false);
  });
});
