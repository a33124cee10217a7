import { parseArgs } from 'node:util';
import { errorMessage } from '../../../shared/core/error-message.ts';

/** Plays many seeds. Without `seeds`, `until` and `minutes` it ends never, so one of them is there. */
export interface Search {
  readonly kind: 'search';
  /** The first seed; absent: a random one, or where an earlier search `until` stopped. */
  readonly from?: number;
  /** How many seeds. */
  readonly seeds?: number;
  /** Goes on from where the last one stopped, up to this seed. */
  readonly until?: number;
  readonly minutes?: number;
  readonly jobs: number;
  /** Stores the plans of failing seeds, made small. */
  readonly isKept: boolean;
  /** Writes the coverage into docs/simulation.md. */
  readonly isReported: boolean;
}

/** Plays one seed. */
export interface Replay {
  readonly kind: 'replay';
  readonly seed: number;
  readonly isStory: boolean;
  readonly isKept: boolean;
}

/** Words that cannot be understood. The message is a sentence for who wrote them. */
class WrongOptions extends Error {
  override readonly name = 'WrongOptions';
}

/** Seeds are whole numbers of 32 bits. */
export const lastSeed = 2 ** 32 - 1;

/** Reads the words after `npm run simulate --`. Throws WrongOptions. */
export const readOptions = (words: readonly string[], cores: number): Search | Replay => {
  const given = valuesOf(words);
  const seed = whole('--seed', given.seed, { from: 0, to: lastSeed });
  if (seed !== undefined) {
    const other = searchOnly.find((name) => given[name] !== undefined);
    if (other !== undefined)
      throw new WrongOptions(
        `--seed plays one seed, but --${other} came too: leave one of them out.`,
      );
    return { kind: 'replay', seed, isStory: given.story === true, isKept: given.keep === true };
  }
  if (given.story === true)
    throw new WrongOptions(
      '--story tells the story of one seed, but no --seed came: add --seed N.',
    );
  return searchOf(given, cores);
};

const searchOf = (given: Values, cores: number): Search => {
  const from = whole('--from', given.from, { from: 0, to: lastSeed });
  const seeds = whole('--seeds', given.seeds, { from: 1, to: lastSeed });
  const until = whole('--until', given.until, { from: 1, to: lastSeed });
  const minutes = minutesOf(given.minutes);
  if (until !== undefined && (from !== undefined || seeds !== undefined))
    throw new WrongOptions(
      '--until goes on from where the last search stopped, but --from or --seeds came too: leave them out.',
    );
  if (until === undefined && seeds === undefined && minutes === undefined)
    throw new WrongOptions(
      `Expected how much to play, but ${from === undefined ? 'no option' : 'only --from'} came: add --minutes N, --seeds N or --until N, or play one seed with --seed N.`,
    );
  return {
    kind: 'search',
    ...(from === undefined ? {} : { from }),
    ...(seeds === undefined ? {} : { seeds }),
    ...(until === undefined ? {} : { until }),
    ...(minutes === undefined ? {} : { minutes }),
    jobs: whole('--jobs', given.jobs, { from: 1, to: 256 }) ?? cores,
    isKept: given.keep === true,
    isReported: given.report === true,
  };
};

const searchOnly = ['minutes', 'until', 'from', 'seeds', 'jobs', 'report'] as const;

const known = {
  minutes: { type: 'string' },
  until: { type: 'string' },
  from: { type: 'string' },
  seeds: { type: 'string' },
  jobs: { type: 'string' },
  report: { type: 'boolean' },
  seed: { type: 'string' },
  story: { type: 'boolean' },
  keep: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parsed>['values'];

const parsed = (words: readonly string[]) =>
  parseArgs({ args: [...words], options: known, allowPositionals: true });

const valuesOf = (words: readonly string[]): Values => {
  try {
    const { values, positionals } = parsed(words);
    const [stray] = positionals;
    if (stray === undefined) return values;
    throw new Error(`"${stray}" is no option`);
  } catch (cause) {
    const names = Object.keys(known).map((name) => `--${name}`);
    throw new WrongOptions(
      `Expected only ${names.join(', ')}, but: ${errorMessage(cause).split('. ')[0]}. Example: npm run simulate -- --minutes 60`,
      { cause },
    );
  }
};

const whole = (
  option: string,
  text: string | undefined,
  { from, to }: { readonly from: number; readonly to: number },
): number | undefined => {
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw new WrongOptions(
    `${option} must be a whole number from ${from} to ${to}, but "${text}" came.`,
  );
};

const mostMinutes = 10_000;

const minutesOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value <= mostMinutes) return value;
  throw new WrongOptions(
    `--minutes must be a number over 0, and ${mostMinutes} at most, but "${text}" came.`,
  );
};
