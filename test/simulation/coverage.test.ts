import { describe, expect, it } from 'vitest';
import {
  cellsOf,
  factKinds,
  goneIn,
  goneSentence,
  newTally,
  shareReached,
  shortIn,
  shortSentence,
  tallied,
  timesOf,
} from './coverage.ts';
import { exceptionsIn, seedsIn, tallyIn, withTable } from './coverage-table.ts';

const page = '# A page\n\n<!-- coverage: begin -->\nold\n<!-- coverage: end -->\n\nThe rest.\n';

describe('the coverage', () => {
  it('has a cell for each fact in each phase, and for each moment of a call', () => {
    const cells = cellsOf(new Map([['call sweep bus.unheard', 1]]));
    expect(cells.filter((cell) => cell.startsWith('step '))).toHaveLength(9 * factKinds.length);
    expect(cells).toContain('step RUNNING seen');
    expect(cells).toContain('crash dispatch tasks.save before');
    expect(cells).toContain('crash sweep bus.unheard after');
    expect(cells).toContain('happening brokerRestart');
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('counts a fact that moved a row and one that was ignored', () => {
    const { tally, count } = newTally();
    for (const what of ['step RUNNING seen moved', 'step RUNNING seen ignored', 'happening pin'])
      count(what);
    const both = tallied(tally, tally);
    expect(timesOf(both, 'step RUNNING seen')).toBe(4);
    expect(timesOf(both, 'happening pin')).toBe(2);
    expect(timesOf(both, 'step QUEUED seen')).toBe(0);
  });

  it('is complete without the cells that are argued for', () => {
    const tally = new Map([['happening pin', 100]]);
    expect(shortIn({ tally, seeds: 25_000 }, isArgued)).toEqual(['happening purge']);
    expect(shareReached(tally, isArgued)).toBe(0.5);
  });

  it.each([
    [99, 25_000, true],
    [100, 25_000, false],
    [100, 1_000_000, false],
    // A tenth of a long search.
    [9, 2_500, true],
    [10, 2_500, false],
  ])('with %i times in %i seeds is short: %s', (times, seeds, isShort) => {
    const tally = new Map([
      ['happening pin', times],
      ['happening purge', 500],
    ]);
    expect(shortIn({ tally, seeds }, isArgued)).toEqual(isShort ? ['happening pin'] : []);
  });

  it('says what is short, and how often it was reached', () => {
    const tally = new Map([['happening pin', 3]]);
    const sentence = shortSentence(
      tally,
      ['happening pin', 'happening purge', 'step none held'],
      2,
    );
    expect(sentence).toBe(
      'Fewer than 100 times in 25,000 seeds, as far as these seeds show: happening pin (3), happening purge (0), and 1 more.',
    );
    expect(shortSentence(tally, [])).toBeUndefined();
  });
});

describe('a cell that was reached before', () => {
  const earlier = { tally: new Map([['step RUNNING seen moved', 10_000]]), seeds: 10_000 };
  const played = (times: number, seeds: number) => ({
    tally: new Map([
      ['step RUNNING seen moved', times],
      ['happening pin', 5],
    ]),
    seeds,
  });

  it('is gone when worlds that should have reached it often did not', () => {
    expect(goneIn(played(0, 300), earlier)).toEqual(['step RUNNING seen']);
    expect(goneSentence(['step RUNNING seen'])).toContain('Never reached');
  });

  it('is not gone when it was reached once, or when too few worlds were played to know', () => {
    expect(goneIn(played(1, 300), earlier)).toEqual([]);
    expect(goneIn(played(0, 299), earlier)).toEqual([]);
    expect(goneIn(played(0, 0), { tally: new Map(), seeds: 0 })).toEqual([]);
    expect(goneSentence([])).toBeUndefined();
  });
});

/** All but two cells. */
const isArgued = (cell: string): boolean => cell !== 'happening pin' && cell !== 'happening purge';

describe('the table of the coverage', () => {
  const tally = new Map([
    ['step none submitted moved', 12],
    ['step RUNNING seen moved', 3],
    ['step RUNNING seen ignored', 4],
    ['call dispatch tasks.save', 50],
    ['crash dispatch tasks.save before', 2],
    ['call sweep bus.unheard', 1],
    ['happening pin', 9],
  ]);

  it('is read as it was written, and the rest of the page stays', () => {
    const written = withTable(page, tally, 100);
    expect(written).toContain('# A page\n\n<!-- coverage: begin -->\n\nIn 100 seeds.');
    expect(written).toMatch(/<!-- coverage: end -->\n\nThe rest\.\n$/);
    expect(written).not.toContain('old');
    const read = [...tallyIn(written)].filter(([, times]) => times > 0);
    expect(read.sort()).toEqual([...tally].sort());
    expect(withTable(written, tally, 100)).toBe(written);
    expect([seedsIn(page), seedsIn(written)]).toEqual([0, 100]);
    expect(written).toContain('as far as these seeds show: ');
    expect(written).toContain('step RUNNING held (0)');
    expect(written).not.toContain('step RUNNING seen (7)');
  });

  it('needs a place on its page', () => {
    expect(() => withTable('# A page', tally, 1)).toThrow('put them where the table belongs');
  });

  it('has exceptions with stars', () => {
    const [first, second, third, ...others] = exceptionsIn(
      'x\n### What no world reaches\n\n| cells | why |\n|---|---|\n| `step RUNNING held`, `crash * bus.put *` | no reason |\n| `step none held` | none |\n\n## Other\n\n| `happening pin` | no cell |\n',
    );
    expect(first?.holds('step RUNNING held')).toBe(true);
    expect(second?.holds('crash settle bus.put after')).toBe(true);
    expect(second?.holds('crash settle bus_put after')).toBe(false);
    expect(second?.why).toBe('no reason');
    expect(third?.name).toBe('step none held');
    expect(others).toEqual([]);
  });
});
