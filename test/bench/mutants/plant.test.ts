import { describe, expect, test } from 'vitest';
import { mutantsOf, withSwitches } from '../../../bench/mutants/plant.ts';

const faultsOf = (source: string): readonly string[] => mutantsOf(source).map(({ what }) => what);

describe('the faults that are planted', () => {
  test.each([
    ['a < b', ['< → <=', '< → >=']],
    ['f(a && !b)', ['&& → ||', '! removed']],
    ['f(a ?? b)', ['?? → &&']],
    ['f(a + b)', ['+ → -']],
    ['f(a ? b : c)', ['condition → true', 'condition → false']],
    ['if (a) { b(); }', ['condition → true', 'condition → false', 'statement removed']],
    ['f([1])', ['array emptied', '1 → 2']],
    [
      "f({ kind: 'moved', ...rest })",
      ['member kind dropped', "'moved' → another word", 'member ...rest dropped'],
    ],
    ['f(all.some(g))', ['some → every']],
    ['f(true)', ['true → false']],
  ])('%s', (source, expected) => {
    expect(faultsOf(source)).toEqual(expected);
  });

  test.each([
    "import { a } from './a.ts';",
    "export type Phase = 'QUEUED' | 'ENDED';",
    'export interface Run { readonly run: 1 }',
    "f('A sentence for people.')",
    'f(a?.some(g))',
  ])('not in %s', (source) => {
    expect(faultsOf(source)).toEqual([]);
  });
});

describe('a source with all its faults', () => {
  const source = 'export const f = (a) => ({ kind: a > 1 && a < 9 ? "in" : "out", twice: a + a });';

  const compiled = (awake: number): ((a: number) => unknown) => {
    const text = withSwitches(source, mutantsOf(source), { isAwake: 'isAwake' });
    return new Function('isAwake', `return ${text.slice(text.indexOf('(a) =>'))}`)(
      (n: number) => n === awake,
    );
  };

  test('does what it did while all are asleep', () => {
    expect([1, 2, 9].map(compiled(-1))).toEqual([
      { kind: 'out', twice: 2 },
      { kind: 'in', twice: 4 },
      { kind: 'out', twice: 18 },
    ]);
  });

  test('does something else with each one awake', () => {
    const answers = (awake: number): string => JSON.stringify([0, 1, 2, 9].map(compiled(awake)));
    const silent = mutantsOf(source).filter((_, n) => answers(n) === answers(-1));
    expect(silent.map(({ what }) => what)).toEqual([]);
    expect(compiled(0)(1)).toEqual({ twice: 2 });
  });
});
