import { describe, expect, it } from 'vitest';
import { type Limit, newLimit } from '../../shared/core/limit.ts';
import { runAtLimit } from '../../shared/core/limit-key.ts';
import { confirm, reserve } from '../../shared/core/limit-places.ts';
import { UnreadableRow } from '../../shared/core/unreadable.ts';
import { limitFields, limitIn } from '../../shared/wire/limit-item.ts';
import { waitingSinceIn } from '../../shared/wire/waiting-since.ts';
import { sha256, start } from '../kit/facts.ts';

const run = (taskId: string) =>
  runAtLimit({ taskId, run: 12, tenant: 'acme', tool: 'echo' }, sha256);
const fresh = newLimit('limit/echo', { maxRunning: 500 }, start);
const used: Limit = {
  ...confirm(reserve(reserve(fresh, run('a'), start), run('b'), start), run('a')),
  revision: 7,
  maxPerTenant: 2,
  checkedAt: start,
  waitsSince: start,
  unlisted: 3,
  suspects: [{ key: run('c').key, since: start }],
};
const stored = (limit: Limit) => ({ taskId: `#${limit.name}`, ...limitFields(limit) });

describe('the item of a limit', () => {
  it.each([fresh, used])('is read as it was written (%#)', (limit) => {
    expect(limitIn(stored(limit))).toEqual(limit);
  });

  it('has 20 characters for a run that was confirmed', () => {
    expect(stored(used)).toMatchObject({ placedRuns: [expect.stringMatching(/^[0-9a-f]{20}$/)] });
  });

  it.each([
    ['placedRuns', ['short']],
    ['namedRuns', ['x1 2']],
    ['maxRunning', 0],
    ['openedAt', 'yesterday'],
  ])('is not read with another %s', (name, value) => {
    expect(() => limitIn({ ...stored(used), [name]: value })).toThrow(UnreadableRow);
  });
});

it.each([
  ['acme#2026-11-24T04:12:00.000Z', { tenant: 'acme', since: Date.UTC(2026, 10, 24, 4, 12) }],
  ['#2026-11-24T04:12:00.000Z', undefined],
  ['acme', undefined],
  [7, undefined],
])('who waits since when is read from %o', (text, expected) => {
  expect(waitingSinceIn(text)).toEqual(expected);
});
