import { type AskControl, controlOf } from '../shared/aws/invoke.ts';
import { type LimitQueries, limitQueriesOf } from '../shared/aws/limit-queries.ts';
import { logEndOf, logsOf, type ReadLog, type ReadLogEnd } from '../shared/aws/logs.ts';
import { type Pins, pinsOf } from '../shared/aws/pins.ts';
import { type Queries, queriesOf } from '../shared/aws/queries.ts';
import type { Deployment } from './deployment.ts';
import type { Screen } from './print/text.ts';

/** What a command works with: the deployment that it calls, its output, its input, and time. */
export interface Context {
  readonly deployment: Deployment;
  readonly screen: Screen;
  /** Prints a line of the result to stdout. Control characters in it do not reach a terminal. */
  readonly print: (line: string) => void;
  /** Prints a line to stdout unchanged; absent where stdout is a terminal. */
  readonly printRaw?: (line: string) => void;
  /** Shows one line below everything that is printed, in place of the last one; absent where stdout is no terminal. */
  readonly showStatus?: (line: string | undefined) => void;
  /** Prints a remark for the user to stderr. */
  readonly remark: (line: string) => void;
  readonly readStdin: () => Promise<Uint8Array>;
  /** Stdin piece by piece; it fails when `signal` aborts. */
  readonly openStdin: () => AsyncIterable<Uint8Array>;
  /** Asks the user a question whose answer is yes or no; absent where no user can answer. Rejects on Ctrl-C. */
  readonly confirm?: (question: string) => Promise<boolean>;
  readonly now: () => number;
  readonly newId: () => string;
  /** Resolves after that time, or at once when `signal` aborts. */
  readonly wait: (ms: number) => Promise<void>;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** How long to wait between two reads of a task or a pin. */
export const pauseMs = (context: Context): number =>
  context.deployment.isLocal ? localPauseMs : awsPauseMs;

/** The task table of the deployment. */
export const tableOf = (context: Context): Queries =>
  queriesOf(reachOf(context), context.deployment.table);

/** The limits of the deployment's tools. */
export const limitsAt = (context: Context): LimitQueries =>
  limitQueriesOf(reachOf(context), context.deployment.table);

/** The function `control` of the deployment. */
export const controlAt = (context: Context): AskControl =>
  controlOf(reachOf(context), context.deployment.control);

/** Reads the tools' logs of the deployment. */
export const logsAt = (context: Context): ReadLog =>
  logsOf(reachOf(context), context.deployment.logGroup);

/** Reads the ends of the tools' logs of the deployment. */
export const logEndAt = (context: Context): ReadLogEnd =>
  logEndOf(reachOf(context), context.deployment.logGroup);

/** The tools' parameters of the deployment. */
export const pinsAt = (context: Context): Pins =>
  pinsOf(reachOf(context), context.deployment.parameters);

// A local stack is read often, so that changes show at once. On AWS one read a second is enough.
const localPauseMs = 200;
const awsPauseMs = 1_000;

const reachOf = ({ deployment, signal }: Context) => ({ ...deployment.reach, signal });
