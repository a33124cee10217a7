import { errorMessage } from '../../shared/core/error-message.ts';

/** The parts that were started, to be ended in reverse order. */
export interface Teardown {
  readonly add: (name: string, end: () => Promise<void> | void) => void;
  /** Ends everything, also when one part fails to end; a second call waits for the first. */
  readonly run: () => Promise<void>;
}

/** Opens a teardown that logs the parts that it could not end. */
export const openTeardown = (log: (line: string) => void): Teardown => {
  const parts: { name: string; end: () => Promise<void> | void }[] = [];
  let running: Promise<void> | undefined;

  const endAll = async (): Promise<void> => {
    for (const { name, end } of parts.reverse()) {
      try {
        await end();
      } catch (cause) {
        log(`${name} did not end cleanly: ${errorMessage(cause)}`);
      }
    }
  };

  return {
    add: (name, end) => {
      parts.push({ name, end });
    },
    run: () => {
      running ??= endAll();
      return running;
    },
  };
};
