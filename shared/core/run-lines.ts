import { present } from './present.ts';

/** A line in which a tool speaks to Davit. `id`: that of the log event, the same each time that the line is delivered. */
export type SpokenLine = { readonly id: string; readonly at: number } & (
  | { readonly kind: 'progress'; readonly fraction?: number; readonly step?: string }
  | { readonly kind: 'output'; readonly value: unknown }
  | { readonly kind: 'ready'; readonly value?: unknown }
  | { readonly kind: 'result'; readonly json: string }
);

/** The lines of this kind. */
export type LineOf<Kind extends SpokenLine['kind']> = Extract<SpokenLine, { kind: Kind }>;

/** A line that begins with `DAVIT_` and cannot be used, with the reason: the end of a sentence after "it". */
export interface RefusedLine {
  readonly id: string;
  readonly at: number;
  /** What it begins with. */
  readonly word: string;
  readonly why: string;
}

/** What Davit keeps of the lines of one run: deliveries come twice, late, and to several processes at the same time. */
export interface RunLines {
  readonly revision: number;
  /** When the last published progress was printed, and when it was published. */
  readonly progressAt: number;
  readonly progressSentAt: number;
  /** The line that said that the run is ready. */
  readonly readyLine?: string;
}

/** Of a run of which no line was taken yet. */
export const noLines: RunLines = { revision: 0, progressAt: 0, progressSentAt: 0 };

/** What one delivery brings, and what is kept of it afterwards; `next` is `lines` itself where nothing has to be kept. */
export interface Taken {
  readonly next: RunLines;
  readonly outputs: readonly PlacedOutput[];
  readonly progress?: LineOf<'progress'>;
  readonly ready?: LineOf<'ready'>;
}

/** A piece of output. `position` rises in the order in which a run has printed its pieces. */
export interface PlacedOutput {
  readonly line: LineOf<'output'>;
  readonly position: number;
}

/** Progress is published at most so often for a run: it is for a person who watches. */
const progressMs = 1_000;

/** Older progress is left out: a delivery that failed may come again hours later, and then says nothing of how far the run is. */
const staleMs = 5 * 60_000;

/**
 * Takes the lines of one delivery of one run. Of progress only the last line counts. One that is older than what was published is
 * left out, or older than five minutes; so is everything but output of a run that is not the current one.
 */
export const takeLines = (
  lines: RunLines,
  said: readonly SpokenLine[],
  { now, isCurrent }: { readonly now: number; readonly isCurrent: boolean },
): Taken => {
  const outputs = placed(said.filter(isOutput));
  if (!isCurrent) return { next: lines, outputs };
  const progress = nextProgress(lines, said.filter(isProgress), now);
  const readyLine = lines.readyLine ?? said.find(isReady)?.id;
  // The same delivery may come again because this event could not be published.
  const ready = said.filter(isReady).find(({ id }) => id === readyLine);
  const isNew = progress !== undefined || readyLine !== lines.readyLine;
  const next = {
    ...lines,
    revision: lines.revision + 1,
    ...present({ readyLine }),
    ...(progress ? { progressAt: progress.at, progressSentAt: now } : {}),
  };
  return { next: isNew ? next : lines, outputs, ...present({ progress, ready }) };
};

/** The line of a delivery that says the result: the last one that was printed. */
export const resultIn = (said: readonly SpokenLine[]): LineOf<'result'> | undefined =>
  said
    .filter((line) => line.kind === 'result')
    .toSorted((a, b) => a.at - b.at)
    .at(-1);

/** A position has the millisecond of the line and this many places for the lines of one millisecond; it stays below 2^53. */
const perMs = 1_000;

/**
 * The positions follow from the delivery alone: deliveries overtake each other, and one that comes again must make the same
 * events. A log keeps the order of lines within a delivery, and each line has the time at which it was read.
 */
const placed = (outputs: readonly LineOf<'output'>[]): readonly PlacedOutput[] => {
  let at = 0;
  let index = 0;
  return outputs.map((line) => {
    index = line.at === at ? index + 1 : 0;
    at = line.at;
    return { line, position: line.at * perMs + Math.min(index, perMs - 1) };
  });
};

const nextProgress = (
  { progressAt, progressSentAt }: RunLines,
  progress: readonly LineOf<'progress'>[],
  now: number,
): LineOf<'progress'> | undefined => {
  const last = progress.at(-1);
  if (last === undefined || last.at <= progressAt || last.at < now - staleMs) return undefined;
  return now >= progressSentAt + progressMs ? last : undefined;
};

const isOutput = (line: SpokenLine): line is LineOf<'output'> => line.kind === 'output';
const isProgress = (line: SpokenLine): line is LineOf<'progress'> => line.kind === 'progress';
const isReady = (line: SpokenLine): line is LineOf<'ready'> => line.kind === 'ready';
