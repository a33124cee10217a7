import { type ArgsDef, type ParsedArgs, parseArgs } from 'citty';
import { codes } from './codes.ts';
import { CommandError } from './command-error.ts';

/**
 * Parses the words after a command's name. Throws a sentence for an argument or option that the command does not have.
 * `isRepeated`: the last positional argument may come more than once.
 */
export const readArgs = <A extends ArgsDef>(
  name: string,
  args: ArgsDef,
  rawArgs: readonly string[],
  { isRepeated = false }: { readonly isRepeated?: boolean } = {},
): ParsedArgs<A> => {
  const usageError = (what: string): CommandError =>
    new CommandError(codes.usage, `${what} See \`davit ${name} --help\`.`);
  const misread = optionAsValue(args, rawArgs) ?? misusedOption(name, args, rawArgs);
  if (misread) throw usageError(misread);
  const parsed = parse<A>(args, rawArgs, usageError);
  // The parser adds a second spelling of a name with hyphens.
  const known = new Set(['_', ...Object.entries(args).flatMap(namesOf).flatMap(spellings)]);
  const unknown = Object.keys(parsed).find((key) => !known.has(key));
  if (unknown) throw usageError(`\`davit ${name}\` has no option ${dashed(unknown)}.`);
  const positionals = namesOfType(args, 'positional');
  const extra = parsed._[positionals.length];
  if (extra !== undefined && !isRepeated)
    throw usageError(`\`davit ${name}\` does not expect "${extra}".`);
  const empty =
    isRepeated && parsed._.includes('')
      ? positionals.at(-1)
      : positionals.find((key) => parsed[key] === '');
  if (empty) throw usageError(`<${empty}> is empty.`);
  const texts = namesOfType(args, 'string');
  const negated = texts.find((key) => typeof parsed[key] === 'boolean');
  if (negated) throw usageError(`\`davit ${name}\` has no option --no-${negated}.`);
  const withoutValue = texts.find((key) => parsed[key] === '');
  if (withoutValue) throw usageError(`--${withoutValue} needs a value.`);
  return parsed;
};

/** The parser takes the next option as the value of a text option that has none. This is the sentence about it. */
const optionAsValue = (args: ArgsDef, rawArgs: readonly string[]): string | undefined => {
  const texts = new Set(namesOfType(args, 'string').map(dashed));
  const shorts = new Set(
    Object.entries(args)
      .flatMap(namesOf)
      .filter((one) => one.length === 1)
      .map(dashed),
  );
  const isOption = (word: string): boolean => word.startsWith('--') || shorts.has(word);
  const words = wordsBeforeDashes(args, rawArgs);
  const at = words.findIndex((word, index) => texts.has(word) && isOption(words[index + 1] ?? ''));
  const [option, next] = words.slice(at, at + 2);
  return at < 0
    ? undefined
    : `${option} needs a value, and "${next}" is an option: write ${option}=${next} if it is the value.`;
};

const namesOfType = (args: ArgsDef, type: 'positional' | 'string' | 'boolean'): readonly string[] =>
  Object.keys(args).filter((key) => args[key]?.type === type);

const dashed = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`);

const namesOf = ([name, arg]: readonly [string, ArgsDef[string]]): readonly string[] =>
  'alias' in arg && arg.alias ? [name, ...[arg.alias].flat()] : [name];

const spellings = (name: string): readonly string[] => [
  name,
  name.replace(/-(.)/g, (_hyphen, letter: string) => letter.toUpperCase()),
];

/** The words before a `--` that is not the value of an option. After it no word is an option. */
const wordsBeforeDashes = (args: ArgsDef, rawArgs: readonly string[]): readonly string[] => {
  const texts = new Set(namesOfType(args, 'string').map(dashed));
  const end = rawArgs.findIndex(
    (word, index) => word === '--' && !texts.has(rawArgs[index - 1] ?? ''),
  );
  return end < 0 ? rawArgs : rawArgs.slice(0, end);
};

/** The parser takes `--task=x` as an argument, and `--json=no` as yes. This is the sentence about either. */
const misusedOption = (
  name: string,
  args: ArgsDef,
  rawArgs: readonly string[],
): string | undefined => {
  const positionals = new Set(namesOfType(args, 'positional'));
  const flags = new Set(namesOfType(args, 'boolean'));
  for (const word of wordsBeforeDashes(args, rawArgs)) {
    const [, no = '', option = '', value] = /^--(no-)?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (positionals.has(option) || option === '_')
      return `\`davit ${name}\` has no option --${no}${option}.`;
    if (flags.has(option) && value !== undefined)
      return `--${option} takes no value, and got "${value}": write --${option} for yes, or --no-${option} for no.`;
  }
  return undefined;
};

const parse = <A extends ArgsDef>(
  args: ArgsDef,
  rawArgs: readonly string[],
  usageError: (what: string) => CommandError,
): ParsedArgs<A> => {
  try {
    return parseArgs<A>([...rawArgs], args);
  } catch (error) {
    const missing = /positional argument: (\S+)/.exec(String(error))?.[1];
    throw usageError(
      missing ? `<${missing.toLowerCase()}> is missing.` : 'The options could not be read.',
    );
  }
};
