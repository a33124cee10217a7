/** What was started, to be ended in reverse order. */
export interface Teardown {
  readonly add: (what: string, end: () => Promise<void> | void) => void;
  /** Ends everything, also when one part fails to end; a second call waits for the first. */
  readonly run: () => Promise<void>;
}

/** A teardown that says what it could not end. */
export const openTeardown = (log: (line: string) => void): Teardown => {
  const parts: { what: string; end: () => Promise<void> | void }[] = [];
  let running: Promise<void> | undefined;

  const endAll = async (): Promise<void> => {
    for (const { what, end } of parts.reverse()) {
      try {
        await end();
      } catch (cause) {
        log(`${what} did not end cleanly: ${String(cause)}`);
      }
    }
  };

  return {
    add: (what, end) => {
      parts.push({ what, end });
    },
    run: () => {
      running ??= endAll();
      return running;
    },
  };
};
