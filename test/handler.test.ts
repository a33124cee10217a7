import { describe, expect, test } from 'vitest';
import { stackOf } from '../shared/handler.ts';

const outletsThat = () => {
  const said: unknown[] = [];
  const stack = stackOf({
    log: (level, what, facts) => said.push([level, what, facts]),
    flushMetrics: () => said.push('flushed'),
    nameInvocation: (requestId) => said.push(requestId),
  });
  return { said, stack };
};

const contextOf = (remainingMs: number) => ({
  awsRequestId: 'r-1',
  getRemainingTimeInMillis: () => remainingMs,
});

test('the event goes in, the answer comes out, and what was counted is told', async () => {
  const { said, stack } = outletsThat();
  const handler = stack(async (event) => ({ event }));
  expect(await handler({ a: 1 }, contextOf(30_000))).toEqual({ event: { a: 1 } });
  expect(said).toEqual(['r-1', 'flushed']);
});

test('an answer of nothing is an answer', async () => {
  const { stack } = outletsThat();
  await expect(stack(async () => undefined)({}, contextOf(30_000))).resolves.toBeUndefined();
});

test('a handler takes no callback: the runtime refuses those that do', () => {
  const { stack } = outletsThat();
  expect(stack(async () => 1).length).toBeLessThan(3);
});

test('a fault is logged once, counts are told all the same, and Lambda gets the very error', async () => {
  const { said, stack } = outletsThat();
  const fault = new Error('the table is away');
  await expect(stack(() => Promise.reject(fault))({}, contextOf(30_000))).rejects.toBe(fault);
  expect(said).toEqual(['r-1', ['error', 'fault', { error: fault }], 'flushed']);
});

test('what throws before it returns a promise is a fault like any other', async () => {
  const { said, stack } = outletsThat();
  const handler = stack((): Promise<void> => {
    throw new Error('no such event');
  });
  await expect(handler({}, contextOf(30_000))).rejects.toThrow('no such event');
  expect(said).toHaveLength(3);
});

describe('before Lambda ends the function', () => {
  test('work is told to wind down, and its answer still counts', async () => {
    const { stack } = outletsThat();
    const handler = stack(
      (_event, signal) =>
        new Promise<string>((resolve) => {
          signal.addEventListener('abort', () => resolve('wound down'));
        }),
    );
    // At least two seconds before the end, a second before the last word.
    expect(await handler({}, contextOf(2_050))).toBe('wound down');
  });

  test('work that goes on all the same is a fault, told while there is time', async () => {
    const { said, stack } = outletsThat();
    const handler = stack(() => new Promise(() => {}));
    await expect(handler({}, contextOf(1_050))).rejects.toThrow('did not wind down');
    expect(said).toEqual(['r-1', ['error', 'fault', expect.anything()], 'flushed']);
  });

  test('work in time is never told', async () => {
    const { stack } = outletsThat();
    const handler = stack(async (_event, signal) => signal.aborted);
    expect(await handler({}, contextOf(30_000))).toBe(false);
  });
});
