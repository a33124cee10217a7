import { parse } from 'lossless-json';
import { errorMessage } from '../core/error-message.ts';
import { printable } from './shown.ts';

// ES2026, in Node since 21. TypeScript's library for ES2024 does not declare it.
declare global {
  interface JSON {
    /** A value that `JSON.stringify` writes as exactly this text. */
    rawJSON(text: string): unknown;
  }
}

/** The value of a document, in which every number keeps its digits, or what is wrong with it (the end of a sentence). */
export type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly why: string };

/** More levels than any input needs, and few enough for the stack of every parser. */
const deepest = 100;

/** How many levels of brackets a text opens, counted without parsing it. Brackets in strings do not count. */
export const depthOf = (text: string): number => {
  let depth = 0;
  let most = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') {
      at = endOfString(text, at + 1);
    } else if (sign === '{' || sign === '[') {
      depth += 1;
      most = Math.max(most, depth);
    } else if (sign === '}' || sign === ']') {
      depth -= 1;
    }
  }
  return most;
};

/**
 * Reads a JSON document of at most 100 levels. Its numbers are kept as text, for `writeJson`. It refuses a key that is twice in one
 * object with two values, because parsers differ on which value they take.
 */
export const parseJson = (bytes: Uint8Array): Parsed => {
  const text = textOf(bytes);
  if (text === undefined) {
    return { ok: false, why: 'is not UTF-8 text' };
  }
  const depth = depthOf(text);
  if (depth > deepest) {
    return { ok: false, why: `is nested ${depth} levels deep, and ${deepest} levels are the most` };
  }
  try {
    const value = parse(text, undefined, { parseNumber: (digits) => JSON.rawJSON(digits) });
    return { ok: true, value };
  } catch (error) {
    return { ok: false, why: `is not JSON: ${printable(errorMessage(error), 160)}` };
  }
};

/** The JSON text of a value from `parseJson`, without white space; every number keeps its digits. */
export const writeJson = (value: unknown): string => JSON.stringify(value);

// Not a regular expression: V8 keeps state for each repetition of a group, and throws after some millions.
const endOfString = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && text[at] !== '"') {
    at += text[at] === '\\' ? 2 : 1;
  }
  return at;
};

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    // A byte order mark is dropped here: RFC 8259 lets a reader ignore it.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};
