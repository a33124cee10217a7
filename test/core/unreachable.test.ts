import { describe, expect, it } from 'vitest';
import { isUnreachable, NotAsked } from '../../shared/core/unreachable.ts';
import { RefusedWrite, UnreadableRow, UnwritableRow } from '../../shared/core/unreadable.ts';

const named = (name: string): Error => Object.assign(new Error('no'), { name });

/** An error with so many causes below it, of which the last one is a refused connection. */
const deep = (causes: number): Error =>
  causes === 0
    ? Object.assign(new Error('no'), { code: 'ECONNREFUSED' })
    : new Error('it failed', { cause: deep(causes - 1) });

describe('a peer that did not answer', () => {
  it('is known by the name, the code or the words of an error', () => {
    expect(isUnreachable(named('TimeoutError'))).toBe(true);
    expect(isUnreachable(deep(0))).toBe(true);
    expect(isUnreachable(new Error('connect ETIMEDOUT 10.0.0.7:5671'))).toBe(true);
    expect(isUnreachable(named('AccessDeniedException'))).toBe(false);
    expect(isUnreachable('TimeoutError')).toBe(false);
    expect(isUnreachable(undefined)).toBe(false);
  });

  it('is known by a cause, down to the fourth', () => {
    expect([1, 4, 5, 6].map((causes) => isUnreachable(deep(causes)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('an error of the core', () => {
  it('has its name in logs', () => {
    const errors = [new NotAsked('a'), new UnreadableRow('b'), new RefusedWrite('c')];
    const names = [...errors, new UnwritableRow('d')].map(({ name }) => name);
    expect(names).toEqual(['NotAsked', 'UnreadableRow', 'RefusedWrite', 'UnwritableRow']);
  });

  it('has the digest of a row that cannot be read, where that is a text', () => {
    expect(new UnreadableRow('no', { digest: 'abc' }).digest).toBe('abc');
    expect(new UnreadableRow('no', { digest: 7 }).digest).toBeUndefined();
  });
});
