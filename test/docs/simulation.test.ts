import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../kit/root.ts';
import { callsMade, cellsOf, isLong, isOften, shortIn, timesOf } from '../simulation/coverage.ts';
import { exceptionsIn, seedsIn, tallyIn } from '../simulation/coverage-table.ts';
import { callsBeside } from '../simulation/flow-calls.ts';
import { withSlowest } from '../simulation/slowest.ts';

describe('docs/simulation.md', () => {
  const text = readFileSync(join(root, 'docs/simulation.md'), 'utf8');
  const tally = tallyIn(text);
  const cells = cellsOf(tally);
  const exceptions = exceptionsIn(text);
  const isArgued = (cell: string): boolean => exceptions.some(({ holds }) => holds(cell));
  const remedy = 'run npm run simulate -- --minutes 60 --report, or argue for the cell on the page';

  it('has every cell in its table', () => {
    const shown = (cell: string): boolean =>
      tally.has(cell.startsWith('step ') ? `${cell} moved` : cell);
    expect(
      cells.filter((cell) => !shown(cell)),
      remedy,
    ).toEqual([]);
  });

  it('shows no call of a port that plans do not know', () => {
    const beside = Object.entries(callsBeside).flatMap(([flow, calls]) =>
      calls.map((call) => `${flow} ${call}`),
    );
    const known = [...callsMade(new Map()), ...beside];
    expect(callsMade(tally).filter((call) => !known.includes(call))).toEqual([]);
  });

  it('has no cell that is reached too seldom, unless it argues for it', () => {
    const seeds = seedsIn(text);
    // The table of a shorter search is a trial, as the page says.
    expect(isLong(seeds) ? shortIn({ tally, seeds }, isArgued) : [], remedy).toEqual([]);
  });

  it('has a place for what the slowest worlds waited for', () => {
    expect(withSlowest(text, [])).toContain('| waited for | worlds |');
  });

  it('argues for no cell that is reached often, and for none that does not exist', () => {
    const wrong = exceptions.filter(({ holds }) => {
      const all = cells.filter(holds);
      return all.length === 0 || all.some((cell) => isOften(timesOf(tally, cell)));
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
    for (const { name, why } of exceptions) expect(`${name}: ${why}`).toMatch(/: .{20,}/);
  });
});
