import { styleText } from 'node:util';

/** What the demo prints to, and what it has seen to be true or not. */
export interface Scene {
  /** A heading. */
  readonly act: (title: string) => void;
  /** A labelled line. */
  readonly say: (label: string, text: string) => void;
  /** A line that is drawn over by the next one, on a terminal; elsewhere nothing. */
  readonly sketch: (text: string) => void;
  /** Something that must be true; what was found is said when it is not. */
  readonly check: (claim: string, holds: boolean, found?: unknown) => void;
  readonly failures: () => readonly string[];
  readonly checks: () => number;
}

const labelWidth = 10;

/** Prints to a stream; colours and drawn-over lines only where a person looks. */
export const openScene = (out: NodeJS.WriteStream): Scene => {
  const failures: string[] = [];
  let checks = 0;
  let acts = 0;
  const clear = out.isTTY ? '\r\u001b[2K' : '';
  const line = (text: string): boolean => out.write(`${clear}${text}\n`);
  const paint = (style: 'bold' | 'dim' | 'green' | 'red', text: string): string =>
    out.isTTY ? styleText(style, text) : text;
  return {
    act: (title) => {
      acts += 1;
      line(`\n${paint('bold', `${acts}  ${title}`)}\n`);
    },
    say: (label, text) => line(`   ${paint('dim', label.padEnd(labelWidth))} ${text}`),
    sketch: (text) => {
      if (out.isTTY) out.write(`${clear}   ${' '.repeat(labelWidth)} ${text}`);
    },
    check: (claim, holds, found) => {
      checks += 1;
      line(`   ${holds ? paint('green', '✓') : paint('red', '✗')} ${claim}`);
      if (holds) return;
      failures.push(claim);
      if (found !== undefined) line(`     found: ${JSON.stringify(found)}`);
    },
    failures: () => failures,
    checks: () => checks,
  };
};
