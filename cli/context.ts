import { type AskControl, controlOf } from '../shared/aws/invoke.ts';
import { logEndOf, logsOf, type ReadLog, type ReadLogEnd } from '../shared/aws/logs.ts';
import { type Pins, pinsOf } from '../shared/aws/pins.ts';
import { type Queries, queriesOf } from '../shared/aws/queries.ts';
import type { Deployment } from './deployment.ts';
import type { Screen } from './print/text.ts';

/** What a command stands on: the place it talks to, where it prints, and time. */
export interface Context {
  readonly place: Deployment;
  readonly screen: Screen;
  /** A line of what was asked for, to stdout; nothing in it commands a terminal. */
  readonly out: (line: string) => void;
  /** A line to stdout as it came, whatever is in it; absent where stdout is a terminal. */
  readonly outRaw?: (line: string) => void;
  /** A remark to the person who waits, to stderr. */
  readonly remark: (line: string) => void;
  readonly readStdin: () => Promise<Uint8Array>;
  readonly now: () => number;
  readonly newId: () => string;
  /** Resolves after that time, or at once when `signal` aborts. */
  readonly wait: (ms: number) => Promise<void>;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

// A person sees a change at once on this machine; on AWS a read a second is enough.
const localPauseMs = 200;
const awsPauseMs = 1_000;

/** How long to wait between two looks at something that is followed. */
export const pauseMs = (stand: Context): number =>
  stand.place.isLocal ? localPauseMs : awsPauseMs;

/** The task table of the place. */
export const tableOf = (stand: Context): Queries => queriesOf(reachOf(stand), stand.place.table);

/** The function `control` of the place. */
export const controlAt = (stand: Context): AskControl =>
  controlOf(reachOf(stand), stand.place.control);

/** The tools' logs of the place. */
export const logsAt = (stand: Context): ReadLog => logsOf(reachOf(stand), stand.place.logGroup);

/** The ends of the tools' logs of the place. */
export const logEndAt = (stand: Context): ReadLogEnd =>
  logEndOf(reachOf(stand), stand.place.logGroup);

/** The tools' pins of the place. */
export const pinsAt = (stand: Context): Pins => pinsOf(reachOf(stand), stand.place.parameters);

const reachOf = ({ place, signal }: Context) => ({ ...place.reach, signal });
