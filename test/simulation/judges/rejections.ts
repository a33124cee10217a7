import { Violation } from './violation.ts';

/** Sees promises that reject and that no code waits for. Lambda ends a process for one, with all work that is under way in it. */
export interface Rejections {
  /** Throws the first one that was seen, if there was one. */
  readonly verdict: () => void;
  /** Sees no more. */
  readonly stop: () => void;
}

/** Begins to see those of this thread. One world at a time can do that. */
export const watchRejections = (): Rejections => {
  let found: Violation | undefined;
  const see = (reason: unknown): void => {
    found ??= new Violation(
      'unhandled',
      `a promise rejected, and no code waited for it: ${String(reason)}`,
    );
  };
  // A test runner would count it as an error of its own.
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', see);
  return {
    verdict: () => {
      if (found !== undefined) throw found;
    },
    stop: () => {
      process.off('unhandledRejection', see);
      for (const other of others) process.on('unhandledRejection', other);
    },
  };
};
