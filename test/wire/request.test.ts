import { describe, expect, test } from 'vitest';
import { readRequest } from '../../shared/wire/request.ts';
import { rfc3339MsOf } from '../../shared/wire/rfc3339.ts';

const read = (fields: object) =>
  readRequest(new TextEncoder().encode(JSON.stringify({ tool: 'echo', ...fields })));

describe('a body with a timeout, a notBefore and a group', () => {
  test('is read in the units of the core', () => {
    expect(
      read({ timeout: '15m', notBefore: '2026-12-01T08:00:00+02:00', group: 'night@2026-11-30' }),
    ).toEqual({
      ok: true,
      request: {
        tool: 'echo',
        input: '{}',
        tenant: 'default',
        timeoutMs: 900_000,
        notBefore: Date.UTC(2026, 11, 1, 6),
        group: 'night@2026-11-30',
      },
    });
  });

  test.each([
    ['1s', 1_000],
    ['14d', 1_209_600_000],
    ['1500ms', 1_500],
  ])('may have the timeout %s', (timeout, timeoutMs) => {
    expect(read({ timeout })).toMatchObject({ request: { timeoutMs } });
  });

  test.each([
    [
      { timeout: 90 },
      '"timeout" must be a text with a length of time from 1s to 14d, like "90s" or "15m", but is 90',
    ],
    [{ timeout: '90' }, 'but is "90"'],
    [{ timeout: '999ms' }, 'but is "999ms"'],
    [{ timeout: '15d' }, 'but is "15d"'],
    [{ timeout: '-5s' }, 'but is "-5s"'],
    [{ timeout: null }, 'but is null'],
    [
      { notBefore: 1_800_000_000 },
      '"notBefore" must be a text with a time of RFC 3339, like "2026-12-01T06:00:00Z", but is 1800000000',
    ],
    [{ notBefore: '2026-12-01T06:00:00' }, 'but is "2026-12-01T06:00:00"'],
    [{ notBefore: 'tomorrow' }, 'but is "tomorrow"'],
    [{ notBefore: '1999-12-01T06:00:00Z' }, 'but is "1999-12-01T06:00:00Z"'],
    [{ group: '' }, '"group" must be 1 to 100 letters, digits, _ . @ or -, but is an empty text'],
    [{ group: 'a b' }, 'but is "a b"'],
    [{ group: 'g'.repeat(101) }, '"group" must be'],
    [{ group: 7 }, 'but is 7'],
    [
      { not_before: 'x' },
      'a field that Davit does not know: "not_before". A body may have tool, input, tenant, version, cpu, memoryMiB, timeout, notBefore, group',
    ],
  ])('is refused for %j', (fields, sentence) => {
    const answer = read(fields);
    expect(answer).toMatchObject({ ok: false });
    expect(!answer.ok && answer.reason).toContain(sentence);
    expect(!answer.ok && answer.reason).toContain('under a new message_id');
  });
});

describe('a time of RFC 3339', () => {
  test.each([
    ['2026-12-01T06:00:00Z', Date.UTC(2026, 11, 1, 6)],
    ['2026-12-01t06:00:00.123456z', Date.UTC(2026, 11, 1, 6, 0, 0, 123)],
    ['2028-02-29T23:59:59-01:30', Date.UTC(2028, 2, 1, 1, 29, 59)],
  ])('%s', (text, at) => {
    expect(rfc3339MsOf(text)).toBe(at);
  });

  test.each([
    '2026-02-30T00:00:00Z',
    '2027-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-12-01T24:00:00Z',
    '2026-12-01T00:00:60Z',
    '2026-12-01T00:00Z',
    '2026-12-01 00:00:00Z',
    '2026-12-01T00:00:00+24:00',
    '2026-12-01',
    ' 2026-12-01T00:00:00Z',
    '+002026-12-01T00:00:00Z',
  ])('is not %s', (text) => {
    expect(rfc3339MsOf(text)).toBeUndefined();
  });
});
