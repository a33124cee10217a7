import { Worker } from 'node:worker_threads';
import type { ReleasePaths } from '../releases.ts';

/** What came of one seed. */
export interface PlayedSeed {
  readonly seed: number;
  readonly events: number;
  /** How long it took until everything had ended after the world was calm, in virtual ms. */
  readonly restMs: number;
  /** What came to rest last, and where it spent that time. */
  readonly cause: string;
  /** What its world counted. */
  readonly tally: readonly (readonly [what: string, times: number])[];
  /** The promise that was broken, and how. */
  readonly found?: { readonly promise: string; readonly what: string };
}

/** What `playSeeds` needs. */
export interface PlayOptions {
  readonly paths: ReleasePaths;
  /** How many threads. */
  readonly jobs: number;
  /** The next seed to play; undefined when there are no more. */
  readonly next: () => number | undefined;
  /** Called for each seed that was played, in the order of their ends. */
  readonly played: (seed: PlayedSeed) => void;
  /** A seed that takes longer is reported as one that does not end. */
  readonly mostMs: number;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
}

/** Plays seeds in threads, until there are no more or the signal aborts. A seed that ends its thread is reported like a broken promise. */
export const playSeeds = async (options: PlayOptions): Promise<void> => {
  await Promise.all(Array.from({ length: options.jobs }, () => playInThreads(options)));
};

/** One thread after another: the next begins when a seed has ended the one before. */
const playInThreads = async (options: PlayOptions): Promise<void> => {
  const left: number[] = [];
  const next = (): number | undefined => left.shift() ?? options.next();
  for (let isOver = false; !isOver && !options.signal.aborted; ) {
    const ended = await playInThread({ ...options, next });
    isOver = ended.isOver;
    left.push(...ended.left);
  }
};

/** How a thread ended. `left`: seeds that it had not begun. */
interface Ended {
  readonly isOver: boolean;
  readonly left: readonly number[];
}

/** So many seeds are with a thread, so that it need not wait for the next. */
const seedsAhead = 2;

const playInThread = ({ paths, next, played, mostMs, signal }: PlayOptions): Promise<Ended> =>
  new Promise((resolve) => {
    const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData: paths });
    const underWay: number[] = [];
    let timer: NodeJS.Timeout | undefined;

    const end = (ended: Ended): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      worker.removeAllListeners();
      // What a thread throws while it is being ended is of no interest.
      worker.on('error', () => {});
      void worker.terminate().then(() => resolve(ended));
    };
    const stop = (): void => end({ isOver: true, left: [] });
    const broken = (promise: string, what: string): void => {
      const [seed, ...left] = underWay;
      if (seed !== undefined)
        played({ seed, events: 0, restMs: 0, cause: '', tally: [], found: { promise, what } });
      end({ isOver: false, left });
    };
    const isFed = (): boolean => {
      while (underWay.length < seedsAhead) {
        const seed = next();
        if (seed === undefined) break;
        underWay.push(seed);
        worker.postMessage(seed);
      }
      return underWay.length > 0;
    };
    const goOn = (): void => {
      clearTimeout(timer);
      const tooLate = (): void =>
        broken('end of the seed', `it did not end within ${mostMs / 1_000} s`);
      if (isFed()) timer = setTimeout(tooLate, mostMs);
      else stop();
    };

    signal.addEventListener('abort', stop);
    worker.on('message', (seed: PlayedSeed) => {
      underWay.shift();
      played(seed);
      goOn();
    });
    worker.on('error', (cause) => broken('end of the thread', String(cause)));
    worker.on('exit', (code) => broken('end of the thread', `it ended with code ${code}`));
    goOn();
  });
