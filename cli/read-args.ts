import { type ArgsDef, type ParsedArgs, parseArgs } from 'citty';
import { codes } from './codes.ts';
import { Trouble } from './trouble.ts';

/** Reads what stands after a command's name; whatever the command was not made for is refused, in a sentence. */
export const readArgs = <A extends ArgsDef>(
  name: string,
  args: ArgsDef,
  rawArgs: readonly string[],
): ParsedArgs<A> => {
  const wrong = (what: string): Trouble =>
    new Trouble(codes.usage, `${what} See \`davit ${name} --help\`.`);
  const misread = swallowed(args, rawArgs) ?? misnamed(name, args, rawArgs);
  if (misread) throw wrong(misread);
  const parsed = parsedArgs<A>(args, rawArgs, wrong);
  const known = new Set(['_', ...Object.entries(args).flatMap(namesOf)]);
  const strange = Object.keys(parsed).find((key) => !known.has(key));
  if (strange) throw wrong(`\`davit ${name}\` has no option ${dashed(strange)}.`);
  const places = namesOfType(args, 'positional');
  const extra = parsed._[places.length];
  if (extra !== undefined) throw wrong(`\`davit ${name}\` does not expect "${extra}".`);
  const missing = places.find((key) => parsed[key] === '');
  if (missing) throw wrong(`<${missing}> is empty.`);
  const texts = namesOfType(args, 'string');
  const negated = texts.find((key) => typeof parsed[key] === 'boolean');
  if (negated) throw wrong(`\`davit ${name}\` has no option --no-${negated}.`);
  const empty = texts.find((key) => parsed[key] === '');
  if (empty) throw wrong(`--${empty} needs a value.`);
  return parsed;
};

/** What is wrong where an option would take the next one for its value, as the parser lets it. */
const swallowed = (args: ArgsDef, rawArgs: readonly string[]): string | undefined => {
  const texts = new Set(namesOfType(args, 'string').map(dashed));
  const shorts = new Set(
    Object.entries(args)
      .flatMap(namesOf)
      .filter((one) => one.length === 1)
      .map(dashed),
  );
  const isOption = (word: string): boolean => word.startsWith('--') || shorts.has(word);
  const words = beforeEnd(args, rawArgs);
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

/** The words up to a `--` of its own, behind which nothing is an option. */
const beforeEnd = (args: ArgsDef, rawArgs: readonly string[]): readonly string[] => {
  const texts = new Set(namesOfType(args, 'string').map(dashed));
  const end = rawArgs.findIndex(
    (word, index) => word === '--' && !texts.has(rawArgs[index - 1] ?? ''),
  );
  return end < 0 ? rawArgs : rawArgs.slice(0, end);
};

/** What is wrong where the parser would take an option for something else, or no for yes. */
const misnamed = (name: string, args: ArgsDef, rawArgs: readonly string[]): string | undefined => {
  const places = new Set(namesOfType(args, 'positional'));
  const flags = new Set(namesOfType(args, 'boolean'));
  for (const word of beforeEnd(args, rawArgs)) {
    const [, no = '', option = '', value] = /^--(no-)?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (places.has(option) || option === '_')
      return `\`davit ${name}\` has no option --${no}${option}.`;
    if (flags.has(option) && value !== undefined)
      return `--${option} is yes, and --no-${option} is no: it takes no value, and "${value}" came.`;
  }
  return undefined;
};

const parsedArgs = <A extends ArgsDef>(
  args: ArgsDef,
  rawArgs: readonly string[],
  wrong: (what: string) => Trouble,
): ParsedArgs<A> => {
  try {
    return parseArgs<A>([...rawArgs], args);
  } catch (error) {
    const missing = /positional argument: (\S+)/.exec(String(error))?.[1];
    throw wrong(
      missing ? `<${missing.toLowerCase()}> is missing.` : 'The options could not be read.',
    );
  }
};
