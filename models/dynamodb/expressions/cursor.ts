import { reservedWords } from '../reserved-words.ts';
import type { Operand, Parsed, Path } from './tree.ts';

interface Token {
  readonly text: string;
  readonly from: number;
}

/**
 * An expression while it is read. Only the reader that owns a cursor changes it. A reading function answers undefined when it
 * cannot go on; the first fault is kept.
 */
export interface Cursor {
  readonly source: string;
  readonly tokens: readonly Token[];
  at: number;
  /** Ends the reading. */
  syntaxFault: string | undefined;
  /** What is wrong with a well-formed expression: of several, AWS names the one that comes first in `faultOrder`. */
  readonly faults: Map<Fault, string>;
  readonly holders: Set<string>;
}

export type Fault = 'parentheses' | 'name' | 'misuse' | 'reserved' | 'section' | 'operands';

const faultOrder: readonly Fault[] = [
  'parentheses',
  'name',
  'misuse',
  'reserved',
  'section',
  'operands',
];

/** Developer guide, Constraints: the longest expression is 4 KB. */
const maxBytes = 4096;

/** Reads a whole expression with `read`. */
export const parsedBy =
  <Tree>(read: (cursor: Cursor) => Tree | undefined) =>
  (source: string): Parsed<Tree> => {
    if (source === '') return { ok: false, why: 'The expression can not be empty;' };
    if (source.length > maxBytes) {
      const why = `Expression size has exceeded the maximum allowed size; expression size: ${source.length}`;
      return { ok: false, why };
    }
    const cursor = cursorOn(source);
    const tree = read(cursor);
    if (cursor.at < cursor.tokens.length) noteSyntaxFault(cursor);
    const why = cursor.syntaxFault ?? firstFault(cursor);
    if (why !== undefined || tree === undefined) return { ok: false, why: why ?? 'Syntax error' };
    return { ok: true, tree, holders: cursor.holders };
  };

/** The next token in capitals, as keywords are compared; empty at the end. */
export const nextWord = (cursor: Cursor): string => nextText(cursor).toUpperCase();

export const nextText = (cursor: Cursor): string => cursor.tokens[cursor.at]?.text ?? '';

/** The token after the next one. */
export const textAfter = (cursor: Cursor): string => cursor.tokens[cursor.at + 1]?.text ?? '';

/** Takes the next token if it is this symbol or keyword. */
export const takeIf = (cursor: Cursor, word: string): boolean => {
  if (nextWord(cursor) !== word) return false;
  cursor.at += 1;
  return true;
};

/** Takes this symbol or keyword; without it the expression has a syntax error. */
export const take = (cursor: Cursor, word: string): boolean =>
  takeIf(cursor, word) || noteSyntaxFault(cursor) !== undefined;

/** Notes that the next token is not what the grammar needs. Answers undefined, as a reading function that cannot go on. */
export const noteSyntaxFault = (cursor: Cursor): undefined => {
  const { source, tokens, at } = cursor;
  const [before, token, after] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  const from = before?.from ?? token?.from ?? 0;
  const last = after ?? token;
  const near = source.slice(from, last === undefined ? undefined : last.from + last.text.length);
  cursor.syntaxFault ??= `Syntax error; token: "${token?.text ?? '<EOF>'}", near: "${near.trimEnd()}"`;
  return undefined;
};

export const noteFault = (cursor: Cursor, fault: Fault, why: string): void => {
  if (!cursor.faults.has(fault)) cursor.faults.set(fault, why);
};

export const readPath = (cursor: Cursor): Path | undefined => {
  const steps: (string | number)[] = [];
  do {
    const name = readName(cursor);
    if (name === undefined) return undefined;
    steps.push(name);
    while (takeIf(cursor, '[')) {
      const position = nextText(cursor);
      if (!/^\d+$/.test(position)) return noteSyntaxFault(cursor);
      cursor.at += 1;
      steps.push(Number(position));
      if (!take(cursor, ']')) return undefined;
    }
  } while (takeIf(cursor, '.'));
  return steps;
};

/** `:name` */
export const readHolder = (cursor: Cursor): string | undefined => {
  const text = nextText(cursor);
  if (!text.startsWith(':')) return noteSyntaxFault(cursor);
  cursor.at += 1;
  cursor.holders.add(text);
  return text;
};

/** A path or a value. */
export const readPlainOperand = (cursor: Cursor): Operand | undefined => {
  if (nextText(cursor).startsWith(':')) {
    const holder = readHolder(cursor);
    return holder === undefined ? undefined : { kind: 'value', holder };
  }
  const path = readPath(cursor);
  return path === undefined ? undefined : { kind: 'path', path };
};

/** One or more readings with commas between them. */
export const readList = <One>(
  cursor: Cursor,
  read: (cursor: Cursor) => One | undefined,
): readonly One[] | undefined => {
  const all: One[] = [];
  do {
    const one = read(cursor);
    if (one === undefined) return undefined;
    all.push(one);
  } while (takeIf(cursor, ','));
  return all;
};

const readName = (cursor: Cursor): string | undefined => {
  const text = nextText(cursor);
  if (!/^#?[A-Za-z_]|^#/.test(text)) return noteSyntaxFault(cursor);
  cursor.at += 1;
  if (text.startsWith('#')) cursor.holders.add(text);
  else if (reservedWords.has(text.toUpperCase())) {
    noteFault(
      cursor,
      'reserved',
      `Attribute name is a reserved keyword; reserved keyword: ${text}`,
    );
  }
  return text;
};

const tokenPattern = /[#:][A-Za-z0-9_]+|[A-Za-z][A-Za-z0-9_]*|\d+|<>|<=|>=|\S/g;

const cursorOn = (source: string): Cursor => ({
  source,
  tokens: [...source.matchAll(tokenPattern)].map(({ 0: text, index }) => ({ text, from: index })),
  at: 0,
  syntaxFault: undefined,
  faults: new Map(),
  holders: new Set(),
});

const firstFault = ({ faults }: Cursor): string | undefined => {
  const first = faultOrder.find((fault) => faults.has(fault));
  return first === undefined ? undefined : faults.get(first);
};
