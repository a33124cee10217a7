import { isObject } from '../core/object.ts';
import { present } from '../core/present.ts';
import type { RefusedLine, SpokenLine } from '../core/run-lines.ts';
import { parseJson, writeJson } from './json.ts';
import { printable } from './shown.ts';

/** What the words of a tool begin with. */
export const spokenPrefix = 'DAVIT_';

/** The most bytes of what may follow each word. A row keeps a result, and every listener gets the others. */
const mostBytes = {
  DAVIT_RESULT: 2_048,
  DAVIT_PROGRESS: 1_024,
  DAVIT_OUTPUT: 16_000,
  DAVIT_READY: 1_024,
} as const;

type Word = keyof typeof mostBytes;

/** Characters of a step: a word or two for a person. */
const longestStep = 200;

/** One event of a log: a line as the container printed it. `at`: epoch milliseconds. */
export interface LogEvent {
  readonly id: string;
  readonly at: number;
  readonly message: string;
}

/**
 * Reads a line in which a tool speaks: a word that begins with `DAVIT_`, a space, and a JSON object. Undefined for a line
 * that does not begin so. It never throws: a line that is too long, cut, or no JSON is refused with a reason.
 */
export const spokenLineOf = ({
  id,
  at,
  message,
}: LogEvent): SpokenLine | RefusedLine | undefined => {
  if (!message.startsWith(spokenPrefix)) return undefined;
  // A pattern over the whole line would read 100 KB of it.
  const [word = ''] = /^[A-Z_]{1,40}/.exec(message.slice(0, 40)) ?? [];
  const refuse = (why: string): RefusedLine => ({ id, at, word: printable(word, 40), why });
  if (!isWord(word)) {
    return refuse(`is none of ${Object.keys(mostBytes).join(', ')}`);
  }
  const rest = message.slice(word.length);
  const bytes = Buffer.byteLength(rest.trim());
  if (bytes > mostBytes[word]) {
    return refuse(`has ${bytes} bytes after the word, and ${mostBytes[word]} bytes are the most`);
  }
  if (rest !== '' && !/^\s/.test(rest)) return refuse('has no space after the word');
  const text = rest.trim();
  if (text === '' && word === 'DAVIT_READY') return { id, at, kind: 'ready' };
  if (!text.startsWith('{')) return refuse('has no JSON object after the word');
  const parsed = parseJson(Buffer.from(text));
  if (!parsed.ok) return refuse(`${parsed.why} (a line that the log has split is cut off)`);
  const { value } = parsed;
  if (!isObject(value)) return refuse('has no JSON object after the word');
  return saidBy(word, value, { id, at }) ?? refuse(progressRule);
};

/** Whether a line was refused. */
export const isRefused = (line: SpokenLine | RefusedLine): line is RefusedLine => 'why' in line;

const isWord = (word: string): word is Word => Object.hasOwn(mostBytes, word);

const progressRule = 'needs a fraction from 0 to 1, or a step (a text), or both';

const saidBy = (
  word: Word,
  value: Readonly<Record<string, unknown>>,
  named: { readonly id: string; readonly at: number },
): SpokenLine | undefined => {
  switch (word) {
    case 'DAVIT_RESULT':
      return { ...named, kind: 'result', json: writeJson(value) };
    case 'DAVIT_OUTPUT':
      return { ...named, kind: 'output', value };
    case 'DAVIT_READY':
      return { ...named, kind: 'ready', value };
    case 'DAVIT_PROGRESS':
      return progressOf(value, named);
  }
};

const progressOf = (
  value: Readonly<Record<string, unknown>>,
  named: { readonly id: string; readonly at: number },
): SpokenLine | undefined => {
  // A number of `parseJson` is its digits.
  const fraction = value.fraction === undefined ? undefined : Number(writeJson(value.fraction));
  const isFraction = fraction === undefined || (fraction >= 0 && fraction <= 1);
  const step = typeof value.step === 'string' ? value.step.slice(0, longestStep) : undefined;
  if (!isFraction || (value.step !== undefined && step === undefined)) return undefined;
  if (fraction === undefined && step === undefined) return undefined;
  return { ...named, kind: 'progress', ...present({ fraction, step: step?.toWellFormed() }) };
};
