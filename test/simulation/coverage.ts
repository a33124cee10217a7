import type { Fact } from '../../shared/core/fact.ts';
import type { Phase } from '../../shared/core/task.ts';
import { phases } from '../../shared/wire/listed.ts';
import { callsOf, inheritedCalls } from './flow-calls.ts';
import type { Happening } from './happening.ts';

/** How often the worlds of a search did what they can do. The names are those that `count` gets. */
export type Tally = ReadonlyMap<string, number>;

/** The sums of two tallies. */
export const tallied = (one: Tally, other: Tally): Tally => {
  const sums = new Map(one);
  for (const [what, times] of other) sums.set(what, (sums.get(what) ?? 0) + times);
  return sums;
};

/** A tally that can be added to. */
export const newTally = (): {
  readonly tally: Map<string, number>;
  readonly count: (what: string) => void;
} => {
  const tally = new Map<string, number>();
  return { tally, count: (what) => void tally.set(what, (tally.get(what) ?? 0) + 1) };
};

/** The phases of a row, and `none` where there is no row. */
export const phasesAndNone: readonly (Phase | 'none')[] = ['none', ...phases];

// The compiler notices a kind that is missing here.
const facts: Readonly<Record<Fact['kind'], true>> = {
  submitted: true,
  rejected: true,
  cancelAsked: true,
  held: true,
  objected: true,
  launchDecided: true,
  accepted: true,
  doubted: true,
  launchRefused: true,
  seen: true,
  missing: true,
  timePassed: true,
  gateOpened: true,
  redriveAsked: true,
  resultRead: true,
  logEndRead: true,
  carriedOut: true,
  deferred: true,
};

const happenings: Readonly<Record<Happening['kind'], true>> = {
  publish: true,
  play: true,
  trouble: true,
  crash: true,
  noCapacity: true,
  reclaim: true,
  hostLost: true,
  stopByPerson: true,
  pin: true,
  pause: true,
  resume: true,
  stageLimit: true,
  limitDeleted: true,
  purge: true,
  queueGone: true,
  brokerRestart: true,
  repliesStuck: true,
  spoilRow: true,
  deploy: true,
  restore: true,
};

export const factKinds: readonly string[] = Object.keys(facts);
export const happeningKinds: readonly string[] = Object.keys(happenings);

/**
 * Every cell that a long search should reach: `step <phase> <fact>`, `crash <flow> <port.call> <before|after>` for the calls that plans
 * aim at and those that were made, and `happening <kind>`.
 */
export const cellsOf = (tally: Tally): readonly string[] => [
  ...phasesAndNone.flatMap((phase) => factKinds.map((fact) => `step ${phase} ${fact}`)),
  ...callsMade(tally).flatMap((call) => [`crash ${call} before`, `crash ${call} after`]),
  ...happeningKinds.map((kind) => `happening ${kind}`),
];

/** `dispatch tasks.save`: the calls that plans aim at, those that a flow may inherit, and those that were made, in the order of flows and names. */
export const callsMade = (tally: Tally): readonly string[] => {
  const aimed = Object.entries(callsOf).flatMap(([flow, calls]) =>
    calls.map((call) => `${flow} ${call}`),
  );
  const made = [...tally.keys()].flatMap((what) =>
    what.startsWith('call ') ? [what.slice('call '.length)] : [],
  );
  const inherited = inheritedCalls.map(({ flow, call }) => `${flow} ${call}`);
  return [...new Set([...aimed, ...inherited, ...made])].sort(
    (a, b) => place(a) - place(b) || (a < b ? -1 : 1),
  );
};

const place = (call: string): number =>
  Object.keys(callsOf).findIndex((flow) => call.startsWith(`${flow} `));

/** How often a cell was reached. */
export const timesOf = (tally: Tally, cell: string): number =>
  cell.startsWith('step ')
    ? (tally.get(`${cell} moved`) ?? 0) + (tally.get(`${cell} ignored`) ?? 0)
    : (tally.get(cell) ?? 0);

/** So often the worlds of so many seeds reach every cell. */
const enough = { times: 100, seeds: 25_000 };

/** Whether a search of so many seeds, an hour on two cores, tells what a longer one would reach: the table of a shorter one is a trial. */
export const isLong = (seeds: number): boolean => seeds >= 10_000;

/** Whether a search has reached a cell often enough. */
export const isOften = (times: number): boolean => times >= enough.times;

/**
 * The cells that a long search reaches too seldom, as far as a search of so many seeds shows, without those that an argument excuses:
 * a shorter search counts for what it would be when it went on like this.
 */
export const shortIn = (
  { tally, seeds }: Counted,
  isArgued: (cell: string) => boolean,
): readonly string[] => {
  const longer = Math.max(1, enough.seeds / seeds);
  return cellsOf(tally).filter(
    (cell) => !isOften(timesOf(tally, cell) * longer) && !isArgued(cell),
  );
};

/** What the worlds of so many seeds did. */
export interface Counted {
  readonly tally: Tally;
  readonly seeds: number;
}

/**
 * The cells that a search never reached although, by an earlier count, its worlds should have reached them hundreds of times: no world
 * can reach them any more. Cells that are rarer come in too few worlds for such a judgement.
 */
export const goneIn = ({ tally, seeds }: Counted, earlier: Counted): readonly string[] =>
  cellsOf(tally).filter(
    (cell) =>
      timesOf(tally, cell) === 0 &&
      (timesOf(earlier.tally, cell) / earlier.seeds) * seeds >= surelyReached,
  );

/** Some cells come in a few worlds only, and there many times. */
const surelyReached = 300;

/** `Never reached, though …`; undefined without such cells. */
export const goneSentence = (gone: readonly string[]): string | undefined =>
  gone.length === 0
    ? undefined
    : `Never reached, though the worlds of the page's table did so often: ${gone.join(', ')}. Find out what keeps the worlds from it; where it has no use any more, remove it.`;

/** `Fewer than 100 times in 25,000 seeds, as far as these show: step RUNNING held (3), …`; undefined without such cells. */
export const shortSentence = (
  tally: Tally,
  short: readonly string[],
  most = Number.POSITIVE_INFINITY,
): string | undefined => {
  if (short.length === 0) return undefined;
  const shown = short.slice(0, most).map((cell) => `${cell} (${timesOf(tally, cell)})`);
  const more = short.length > most ? `, and ${short.length - most} more` : '';
  return `Fewer than ${enough.times} times in ${enough.seeds.toLocaleString('en-US')} seeds, as far as these seeds show: ${shown.join(', ')}${more}.`;
};

/** The share of the cells that were reached, without those that an argument excuses. */
export const shareReached = (tally: Tally, isArgued: (cell: string) => boolean): number => {
  const cells = cellsOf(tally).filter((cell) => !isArgued(cell));
  return cells.filter((cell) => timesOf(tally, cell) > 0).length / cells.length;
};
