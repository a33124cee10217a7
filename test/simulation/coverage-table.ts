import {
  callsMade,
  factKinds,
  happeningKinds,
  phasesAndNone,
  shortIn,
  shortSentence,
  type Tally,
} from './coverage.ts';

/** The page with the table. */
export const coveragePage = 'docs/simulation.md';

/** The page with a table of this tally in the place of the one that it has, and below it the cells that fall short. Throws a sentence when the page has no place for it. */
export const withTable = (page: string, tally: Tally, seeds: number): string => {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(
      `Expected the lines "${begin}" and "${end}" in ${coveragePage}, but they are not there: put them where the table belongs.`,
    );
  const exceptions = exceptionsIn(page);
  const short = shortIn({ tally, seeds }, (cell) => exceptions.some(({ holds }) => holds(cell)));
  const sentence =
    shortSentence(tally, short) ??
    'Every cell that is not argued for below is reached often enough.';
  return `${page.slice(0, from + begin.length)}\n\n${tableOf(tally, seeds)}\n\n${sentence}\n\n${page.slice(to)}`;
};

/** The tally that the table of a page shows. */
export const tallyIn = (page: string): Tally => {
  const table = page.slice(page.indexOf(begin), page.indexOf(end));
  const tally = new Map<string, number>();
  for (const cells of rowsOf(table)) {
    const [first = '', second = '', ...rest] = cells;
    if (factKinds.includes(first))
      for (const [at, phase] of phasesAndNone.entries()) {
        const [moved = 0, ignored = 0] = (cells[at + 1] ?? '').split('+').map(numberIn);
        tally.set(`step ${phase} ${first} moved`, moved);
        tally.set(`step ${phase} ${first} ignored`, ignored);
      }
    else if (second.includes('.')) {
      const [calls = 0, before = 0, after = 0] = rest.map(numberIn);
      tally.set(`call ${first} ${second}`, calls);
      tally.set(`crash ${first} ${second} before`, before);
      tally.set(`crash ${first} ${second} after`, after);
    } else if (happeningKinds.includes(first)) tally.set(`happening ${first}`, numberIn(second));
  }
  return tally;
};

/** In how many seeds the table of a page was counted; 0 without a table. */
export const seedsIn = (page: string): number => Number(/^In (\d+) seeds\./m.exec(page)?.[1] ?? 0);

/**
 * The cells that a page argues for, with its reasons: the rows of the table under the heading of exceptions. `*` in a name stands for
 * any word.
 */
export const exceptionsIn = (page: string): readonly Exception[] =>
  rowsOf(partBelow(page, exceptionsTitle)).flatMap(([names = '', why = '']) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => {
      const pattern = new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '\\S+')}$`);
      return { name, why, holds: (cell: string) => pattern.test(cell) };
    }),
  );

/** A cell, or some, that no world can reach, or only by a rare accident. */
export interface Exception {
  readonly name: string;
  readonly why: string;
  readonly holds: (cell: string) => boolean;
}

const begin = '<!-- coverage: begin -->';
const end = '<!-- coverage: end -->';
const exceptionsTitle = '\n### What no world reaches\n';

/** What a page has under a heading, up to the next one of its chapters. */
const partBelow = (page: string, title: string): string => {
  const at = page.indexOf(title);
  return at < 0 ? '' : (page.slice(at + title.length).split('\n## ')[0] ?? '');
};

const tableOf = (tally: Tally, seeds: number): string => {
  const times = (what: string): number => tally.get(what) ?? 0;
  const facts = [
    row('fact', ...phasesAndNone.map((phase) => (phase === 'none' ? 'no row' : phase))),
    rule(phasesAndNone.length + 1),
    ...factKinds.map((fact) =>
      row(
        fact,
        ...phasesAndNone.map((phase) => {
          const both = [
            times(`step ${phase} ${fact} moved`),
            times(`step ${phase} ${fact} ignored`),
          ];
          return both.every((one) => one === 0) ? '–' : both.join(' + ');
        }),
      ),
    ),
  ];
  const calls = [
    row('function', 'call', 'calls', 'ended before', 'ended after'),
    rule(5),
    ...callsMade(tally).map((call) =>
      row(
        ...call.split(' '),
        ...[`call ${call}`, `crash ${call} before`, `crash ${call} after`].map((what) =>
          String(times(what)),
        ),
      ),
    ),
  ];
  const happened = [
    row('happening', 'times'),
    rule(2),
    ...happeningKinds.map((kind) => row(kind, String(times(`happening ${kind}`)))),
  ];
  return [
    `In ${seeds} seeds. A fact: how often it moved a row + how often it was ignored.`,
    ...[facts, calls, happened].map((lines) => lines.join('\n')),
  ].join('\n\n');
};

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const rule = (columns: number): string => `|${'---|'.repeat(columns)}`;

const rowsOf = (text: string): readonly (readonly string[])[] =>
  text.split('\n').flatMap((line) =>
    line.startsWith('| ')
      ? [
          line
            .slice(2, -2)
            .split(' | ')
            .map((cell) => cell.trim()),
        ]
      : [],
  );

const numberIn = (text: string): number => Number(text.trim()) || 0;
