import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spokenLineOf } from '../../shared/wire/spoken-line.ts';

const read = (message: string) => spokenLineOf({ id: '1', at: 5, message });
const whyOf = (message: string) => {
  const line = read(message);
  return line && 'why' in line ? line.why : undefined;
};

describe('spokenLineOf', () => {
  it('reads each word', () => {
    expect(read('DAVIT_RESULT {"n": 12345678901234567890}')).toEqual({
      id: '1',
      at: 5,
      kind: 'result',
      json: '{"n":12345678901234567890}',
    });
    expect(read('DAVIT_PROGRESS {"fraction":0.25,"step":"encode","more":1}')).toEqual({
      id: '1',
      at: 5,
      kind: 'progress',
      fraction: 0.25,
      step: 'encode',
    });
    expect(read('DAVIT_OUTPUT {"page":1}')).toMatchObject({ kind: 'output', value: {} });
    expect(read('DAVIT_READY')).toEqual({ id: '1', at: 5, kind: 'ready' });
    expect(read('DAVIT_READY {"port":1}')).toMatchObject({ kind: 'ready' });
  });

  it('leaves any other line alone', () => {
    expect(read('frame 240')).toBeUndefined();
    expect(read(' DAVIT_RESULT {}')).toBeUndefined();
  });

  it.each([
    ['DAVIT_RESULT {"cut": tr', /^is not JSON: .*a line that the log has split is cut off/],
    ['DAVIT_RESULT 5', /no JSON object/],
    ['DAVIT_RESULT [1]', /no JSON object/],
    ['DAVIT_RESULT', /no JSON object/],
    ['DAVIT_RESULT{}', /no space after the word/],
    [`DAVIT_RESULT {"a":"${'x'.repeat(3_000)}"}`, /^has 3008 bytes after the word, and 2048/],
    [`DAVIT_OUTPUT ${'x'.repeat(100_000)}`, /^has 100000 bytes after the word, and 16000/],
    ['DAVIT_RESULT {"a":1,"a":2}', /is not JSON/],
    ['DAVIT_PROGRESS {"fraction":1.5}', /fraction from 0 to 1/],
    ['DAVIT_PROGRESS {"fraction":"0.5"}', /fraction from 0 to 1/],
    ['DAVIT_PROGRESS {"step":7}', /fraction from 0 to 1/],
    ['DAVIT_PROGRESS {}', /fraction from 0 to 1/],
    ['DAVIT_RESULTS {}', /^is none of DAVIT_RESULT, /],
    ['DAVIT_\u001b[31m', /^is none of /],
  ])('refuses %s', (message, why) => {
    expect(whyOf(message)).toMatch(why);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('RESULT ', 'PROGRESS ', 'OUTPUT ', 'READY ', 'X', ''),
        fc.oneof(fc.string({ unit: 'binary' }), fc.json()),
        (word, rest) => {
          expect(read(`DAVIT_${word}${rest}`)).toBeDefined();
        },
      ),
    );
  });
});
