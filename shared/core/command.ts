import { isObject } from './object.ts';

/** Whether an argument in `tools.yml` is well formed: `{input.a.b}` is a value of the input, `{{` and `}}` are braces. */
export const isArgument = (argument: string): boolean => partsOf(argument) !== undefined;

/** Whether an argument has a placeholder. */
export const hasPlaceholder = (argument: string): boolean =>
  partsOf(argument)?.some((part) => typeof part !== 'string') ?? false;

/** A command that is the same for every task, with `{{` and `}}` replaced by braces; undefined when it needs the input. */
export const fixedCommand = (command: readonly string[]): readonly string[] | undefined =>
  command.some(hasPlaceholder) ? undefined : command.map((one) => partsOf(one)?.join('') ?? one);

/** A command filled with values of the input, or why the input cannot fill it. */
export type Filled = { readonly command: readonly string[] } | { readonly fault: string };

/**
 * Puts values of the input (JSON text) into a command. Each value stays within its argument, and a number keeps the digits
 * of the message.
 */
export const filledCommand = (command: readonly string[], input: string): Filled => {
  // The text of a number is taken from the message: a JavaScript number could lose digits.
  const values: unknown = JSON.parse(input, (_key, value: unknown, context?: Source) =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value,
  );
  const filled: string[] = [];
  for (const argument of command) {
    const parts = partsOf(argument);
    if (parts === undefined)
      return { fault: `the tool's command in tools.yml has an argument with wrong braces` };
    let text = '';
    for (const part of parts) {
      const value = typeof part === 'string' ? { text: part } : valueAt(values, part.path);
      if ('fault' in value) return value;
      text += value.text;
    }
    filled.push(text);
  }
  return { command: filled };
};

/** What JSON.parse passes to its reviver for a primitive value (ES2026, "JSON.parse source text access"). */
interface Source {
  readonly source?: string;
}

/** A part of an argument: text, or the path of a value of the input. */
type Part = string | { readonly path: readonly string[] };

const token = /\{\{|\}\}|\{input((?:\.[A-Za-z0-9_-]+)+)\}|[^{}]+/y;

const partsOf = (argument: string): readonly Part[] | undefined => {
  const parts: Part[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < argument.length) {
    const found = token.exec(argument);
    if (found === null) return undefined;
    const [text, path] = found;
    if (path !== undefined) parts.push({ path: path.slice(1).split('.') });
    else parts.push(text === '{{' || text === '}}' ? text.charAt(0) : text);
  }
  return parts;
};

type Value = { readonly text: string } | { readonly fault: string };

const valueAt = (values: unknown, path: readonly string[]): Value => {
  const name = `input.${path.join('.')}`;
  const value = path.reduce<unknown>(
    (of, key) => (isObject(of) && Object.hasOwn(of, key) ? of[key] : undefined),
    values,
  );
  if (typeof value === 'string') {
    return isPassable(value)
      ? { text: value }
      : { fault: `${name} has a character that an argument cannot have: leave it out` };
  }
  if (typeof value === 'boolean') return { text: String(value) };
  const came = value === undefined ? 'the message does not have it' : `it is ${kindOf(value)}`;
  return {
    fault: `the tool's command needs ${name}, but ${came}: give a text, a number, true or false`,
  };
};

// An argument cannot have a NUL, which ends it, or half of a surrogate pair, which UTF-8 cannot encode.
const isPassable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : 'an object';
};
