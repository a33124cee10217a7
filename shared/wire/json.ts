import { parse } from 'lossless-json';
import { errorMessage } from '../core/error-message.ts';
import { printable } from './shown.ts';

// ES2026, in Node since 21; the compiler's library for ES2024 does not have it.
declare global {
  interface JSON {
    /** A value that `JSON.stringify` writes as this very text. */
    rawJSON(text: string): unknown;
  }
}

/** A document as a value in which every number keeps its digits, or why it is none (the end of a sentence). */
export type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly why: string };

/** Deeper than any input has reason to be, and shallow enough for every parser's stack. */
const deepest = 100;

/** How deep a text opens brackets, found without parsing it; what stands in strings does not count. */
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
 * Reads a JSON document of at most 100 levels. Its numbers are kept as text, for `writeJson`;
 * a key that stands twice in one object with two values is refused, since readers differ on which counts.
 */
export const parseJson = (bytes: Uint8Array): Parsed => {
  const text = textOf(bytes);
  if (text === undefined) {
    return { ok: false, why: 'is not UTF-8 text' };
  }
  const depth = depthOf(text);
  if (depth > deepest) {
    return { ok: false, why: `is nested ${depth} levels deep, and ${deepest} are the most` };
  }
  try {
    const value = parse(text, undefined, { parseNumber: (digits) => JSON.rawJSON(digits) });
    return { ok: true, value };
  } catch (error) {
    return { ok: false, why: `is no JSON: ${printable(wordsOf(error), 160)}` };
  }
};

/** JSON text of a value from `parseJson`, without white space, every number digit for digit. */
export const writeJson = (value: unknown): string => JSON.stringify(value);

// No pattern: V8 keeps a place for each repetition of a group, and throws at some millions of them.
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

const wordsOf = (error: unknown): string => errorMessage(error);
