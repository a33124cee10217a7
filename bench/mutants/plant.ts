import { parseAst } from 'vitest/node';
import { faultsIn } from './faults.ts';
import { visit } from './syntax.ts';

/** One small fault in a source: the text from `start` to `end` becomes `replacement`. */
export interface Mutant {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** Shown to the reader: `< → <=`. */
  readonly what: string;
  readonly line: number;
  /** The expression or statement that must run for the fault to matter. */
  readonly probe: Probe;
}

/** Where a probe is put: around an expression, or in front of a statement. */
export interface Probe {
  readonly kind: 'expression' | 'statement';
  readonly start: number;
  readonly end: number;
}

/** Every fault that is planted in a TypeScript source, in the order of the text. Types and sentences are not changed. */
export const mutantsOf = (source: string): readonly Mutant[] => {
  const found: Mutant[] = [];
  visit(parseAst(source, { lang: 'ts' }), (node, parent) => {
    for (const { at, replacement, what, probe = node } of faultsIn(node, parent, source)) {
      const { start, end } = at;
      const kind = probe.type.endsWith('Statement') ? 'statement' : 'expression';
      found.push({
        start,
        end,
        replacement,
        what,
        line: source.slice(0, start).split('\n').length,
        probe: { kind, start: probe.start, end: probe.end },
      });
    }
  });
  return found.toSorted((a, b) => a.start - b.start);
};

/**
 * The source with all of these faults in it at once, each inactive: fault n is active when `isAwake(first + n)` is true.
 * So a source is compiled once for all of its faults, and the calls of `isAwake` show which places were executed.
 */
export const withSwitches = (
  source: string,
  mutants: readonly Mutant[],
  { isAwake, first = 0 }: { readonly isAwake: string; readonly first?: number },
): string => {
  const calls = mutants.map((mutant, n) => ({ mutant, call: `${isAwake}(${first + n})` }));
  const groups = Map.groupBy(calls, ({ mutant: { probe } }) => `${probe.start}-${probe.end}`);
  const spans = [...groups.values()]
    .flatMap((group) => (group[0] ? [{ probe: group[0].mutant.probe, group }] : []))
    // Of two faults that begin at one place, the longer one encloses the other.
    .toSorted((a, b) => a.probe.start - b.probe.start || b.probe.end - a.probe.end);
  const textOf = (from: number, to: number): string => {
    let text = '';
    let at = from;
    for (let next = spans[0]; next && next.probe.start < to; next = spans[0]) {
      spans.shift();
      const { probe, group } = next;
      text += source.slice(at, probe.start);
      text += group.reduceRight(
        (rest, { mutant, call }) => switched(probe, call, [mutatedIn(source, mutant), rest]),
        textOf(probe.start, probe.end),
      );
      at = probe.end;
    }
    return text + source.slice(at, to);
  };
  return textOf(0, source.length);
};

const mutatedIn = (source: string, { probe, start, end, replacement }: Mutant): string =>
  source.slice(probe.start, start) + replacement + source.slice(end, probe.end);

const switched = (
  { kind }: Probe,
  call: string,
  [changed, original]: readonly [string, string],
): string =>
  kind === 'statement'
    ? `if (${call}) { ${changed} } else { ${original} }`
    : `(${call} ? ${changed} : ${original})`;
