/** A world that came to rest. */
export interface RestedWorld {
  readonly seed: number;
  /** From its calm to its rest, in virtual ms. */
  readonly restMs: number;
  /** What it waited for last (`Waits`). */
  readonly cause: string;
}

const mostKept = 100;

/** The slowest hundred of these worlds, the slowest first. Worlds that are as slow stay in the order of their seeds. */
export const slowestOf = (worlds: readonly RestedWorld[]): readonly RestedWorld[] =>
  worlds.toSorted((a, b) => b.restMs - a.restMs || a.seed - b.seed).slice(0, mostKept);

/** What worlds of one cause have in common. */
interface Cause {
  readonly cause: string;
  readonly worlds: number;
  readonly medianMinutes: number;
  readonly mostMinutes: number;
  /** The slowest one. */
  readonly seed: number;
}

/** The causes of some worlds: the most frequent first. */
export const causesOf = (worlds: readonly RestedWorld[]): readonly Cause[] =>
  [...Map.groupBy(worlds, ({ cause }) => cause)]
    .map(([cause, all]): Cause => {
      const sorted = all.toSorted((a, b) => b.restMs - a.restMs);
      const minutesAt = (n: number): number => Math.ceil((sorted[n]?.restMs ?? 0) / 60_000);
      return {
        cause,
        worlds: all.length,
        medianMinutes: minutesAt(Math.floor(sorted.length / 2)),
        mostMinutes: minutesAt(0),
        seed: sorted[0]?.seed ?? 0,
      };
    })
    .toSorted((a, b) => b.worlds - a.worlds || b.mostMinutes - a.mostMinutes);

const heads = ['waited for', 'worlds', 'median minutes', 'most minutes', 'seed of the most'];

/** A table of the causes, as lines of Markdown. */
export const slowestTable = (worlds: readonly RestedWorld[]): readonly string[] =>
  [
    heads,
    heads.map(() => '---'),
    ...causesOf(worlds).map((one) => [
      one.cause,
      one.worlds,
      one.medianMinutes,
      one.mostMinutes,
      one.seed,
    ]),
  ].map((cells) => `| ${cells.join(' | ')} |`);

const begin = '<!-- slowest: begin -->';
const end = '<!-- slowest: end -->';

/** The page with a table of these worlds between its two marks. Throws a sentence when the page has no place for it. */
export const withSlowest = (page: string, worlds: readonly RestedWorld[]): string => {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(
      `Expected the lines "${begin}" and "${end}" in the page, but they are not there: put them where the table belongs.`,
    );
  return `${page.slice(0, from + begin.length)}\n\n${slowestTable(worlds).join('\n')}\n\n${page.slice(to)}`;
};
