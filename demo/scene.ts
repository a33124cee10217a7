import { styleText } from 'node:util';
import { visibleJson, visibleLine } from '../shared/wire/visible.ts';

/** The demo's output, and the record of its checks. */
export interface Scene {
  /** A heading. */
  readonly act: (title: string) => void;
  /** A labelled line. */
  readonly say: (label: string, text: string) => void;
  /** Progress in percent: a bar that is redrawn on a terminal, elsewhere one line for each quarter. */
  readonly progress: (percent: number) => void;
  /** Checks a claim; prints `found` when it does not hold. */
  readonly check: (claim: string, holds: boolean, found?: unknown) => void;
  /** The last line. */
  readonly close: (text: string, isGood: boolean) => void;
  readonly failures: () => readonly string[];
  readonly checks: () => number;
}

const labelWidth = 10;

/** Prints to a stream; with colours and a moving bar only on a terminal. */
export const openScene = (out: NodeJS.WriteStream): Scene => {
  const failures: string[] = [];
  let checks = 0;
  let acts = 0;
  let quarter = 0;
  const clear = out.isTTY ? '\r\u001b[2K' : '';
  const line = (text: string): boolean => out.write(`${clear}${text}\n`);
  const paint = (style: 'bold' | 'dim' | 'green' | 'red', text: string): string =>
    out.isTTY ? styleText(style, text) : text;
  const say = (label: string, text: string): boolean =>
    line(`   ${paint('dim', label.padEnd(labelWidth))} ${visibleLine(text)}`);
  return {
    act: (title) => {
      acts += 1;
      line(`\n${paint('bold', `${acts}  ${title}`)}\n`);
    },
    say: (label, text) => {
      quarter = 0;
      say(label, text);
    },
    progress: (percent) => {
      const bounded = Math.max(0, Math.min(100, percent));
      if (out.isTTY) {
        out.write(`${clear}   ${' '.repeat(labelWidth)} ${bar(bounded)}`);
      } else if (Math.floor(bounded / 25) > quarter) {
        quarter = Math.floor(bounded / 25);
        say('', `${bounded.toFixed(0)} % done`);
      }
    },
    check: (claim, holds, found) => {
      checks += 1;
      line(`   ${holds ? paint('green', '✓') : paint('red', '✗')} ${visibleLine(claim)}`);
      if (holds) return;
      failures.push(claim);
      if (found !== undefined) line(`     found: ${visibleJson(found)}`);
    },
    close: (text, isGood) => line(`\n${paint(isGood ? 'green' : 'red', visibleLine(text))}\n`),
    failures: () => failures,
    checks: () => checks,
  };
};

const barWidth = 40;

const bar = (percent: number): string => {
  const full = Math.round((percent / 100) * barWidth);
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${percent.toFixed(0).padStart(3)} %`;
};
