const esc = '\u001b';

/** A terminal whose last line shows how far something is, and is written again and again. */
export interface StatusLine {
  /** Prints a line above the status. */
  readonly print: (line: string) => void;
  /** Lets something else print above the status. */
  readonly above: (write: () => void) => void;
  /** Shows another status; undefined removes it. */
  readonly show: (status: string | undefined) => void;
}

/** Writes to a terminal. Nothing but text and line ends is written before the first status. */
export const statusLineOn = (write: (text: string) => void): StatusLine => {
  let shown: string | undefined;
  // To the beginning of the line, and clear it (ECMA-48, EL).
  const clear = (): void => {
    if (shown !== undefined) write(`\r${esc}[2K`);
  };
  const above = (print: () => void): void => {
    clear();
    print();
    if (shown !== undefined) write(shown);
  };
  return {
    above,
    print: (line) => above(() => write(`${line}\n`)),
    show: (status) => {
      clear();
      shown = status;
      if (status !== undefined) write(status);
    },
  };
};
