import { describe, expect, it } from 'vitest';
import { causeOf } from './last-wait.ts';
import { causesOf, type RestedWorld, slowestOf, slowestTable, withSlowest } from './slowest.ts';

const world = (seed: number, minutes: number, cause = 'RUNNING'): RestedWorld => ({
  seed,
  restMs: minutes * 60_000,
  cause,
});

describe('the cause of a rest', () => {
  it('is what lasted for a third of the time, in the order in which it began', () => {
    const minutes = ['LAUNCHING', ...Array(4).fill('QUEUED, rung'), ...Array(5).fill('RUNNING')];
    expect(causeOf(minutes)).toBe('QUEUED, rung, then RUNNING');
  });

  it('is the longest of many short waits', () => {
    expect(causeOf(['a', 'b', 'c', 'c', 'd', 'e', 'f', 'g'])).toBe('c');
  });
});

describe('the slowest worlds', () => {
  const many = Array.from({ length: 150 }, (_, n) => world(n, n % 75));

  it('are a hundred, the slowest first', () => {
    const slowest = slowestOf(many);
    expect(slowest).toHaveLength(100);
    expect(slowest.slice(0, 3).map(({ seed }) => seed)).toEqual([74, 149, 73]);
    expect(slowestOf([...slowest, world(500, 80)])[0]?.seed).toBe(500);
  });

  it('are counted by what they waited for', () => {
    const worlds = [world(1, 5), world(2, 9), world(3, 7), world(4, 90, 'LAUNCHING, in doubt')];
    expect(causesOf(worlds)).toEqual([
      { cause: 'RUNNING', worlds: 3, medianMinutes: 7, mostMinutes: 9, seed: 2 },
      { cause: 'LAUNCHING, in doubt', worlds: 1, medianMinutes: 90, mostMinutes: 90, seed: 4 },
    ]);
    expect(slowestTable(worlds)[2]).toBe('| RUNNING | 3 | 7 | 9 | 2 |');
  });

  it('have a place on a page', () => {
    const page = 'One.\n\n<!-- slowest: begin -->\nold\n<!-- slowest: end -->\n\nTwo.\n';
    const written = withSlowest(page, [world(1, 5)]);
    expect(written).toMatch(/^One\.\n\n<!-- slowest: begin -->\n\n\| waited for \|/);
    expect(written).toMatch(
      /\| RUNNING \| 1 \| 5 \| 5 \| 1 \|\n\n<!-- slowest: end -->\n\nTwo\.\n$/,
    );
    expect(withSlowest(written, [world(1, 5)])).toBe(written);
    expect(() => withSlowest('One.', [])).toThrow('put them where the table belongs');
  });
});
