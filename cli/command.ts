import { stripVTControlCharacters } from 'node:util';
import { type ArgsDef, defineCommand, type ParsedArgs, parseArgs, renderUsage } from 'citty';
import { abouts, type CommandName } from './abouts.ts';
import { type Code, codes, meanings } from './codes.ts';
import { placeHelp } from './place.ts';
import type { Stand } from './stand.ts';
import { Trouble } from './trouble.ts';

/** Makes the stand of a command once its options are known. */
export type StandFor = (options: { stage?: string; region?: string }) => Stand;

/** A command of `davit`, ready to be run with what stands after its name. */
export interface Command {
  readonly run: (rawArgs: readonly string[], standFor: StandFor) => Promise<Code>;
  /** The text of `--help`. */
  readonly help: () => Promise<string>;
}

const common = {
  json: { type: 'boolean', description: 'Print JSON, for scripts' },
  stage: { type: 'string', description: 'The stage to talk to' },
  region: { type: 'string', description: 'The AWS region of the stage' },
} as const satisfies ArgsDef;

const root = defineCommand({ meta: { name: 'davit' } });

/** Declares a command: its arguments, and what it does with them. Whatever it was not made for is refused. */
export const command = <const A extends ArgsDef>(def: {
  readonly name: CommandName;
  readonly args: A;
  readonly notes: readonly string[];
  readonly codes: readonly Code[];
  readonly run: (args: ParsedArgs<A & typeof common>, stand: Stand) => Promise<Code>;
}): Command => {
  const args = { ...def.args, ...common };
  return {
    run: async (rawArgs, standFor) => {
      const parsed = readArgs<A & typeof common>(def.name, args, rawArgs);
      const { stage, region } = readArgs<typeof common>(def.name, args, rawArgs);
      return await def.run(
        parsed,
        standFor({ ...(stage ? { stage } : {}), ...(region ? { region } : {}) }),
      );
    },
    help: async () => {
      const usage = await renderUsage(
        defineCommand<ArgsDef>({ meta: { name: def.name, description: abouts[def.name] }, args }),
        root,
      );
      return [
        stripVTControlCharacters(usage).replace(/ +$/gm, '').trimEnd(),
        '',
        ...def.notes,
        '',
        ...placeHelp,
        '',
        ...codeLines([codes.done, codes.trouble, codes.usage, ...def.codes]),
      ].join('\n');
    },
  };
};

/** The exit codes that a command may end with, one a line. */
export const codeLines = (of: readonly Code[]): readonly string[] => [
  'EXIT CODES',
  '',
  ...meanings
    .filter(([code]) => of.includes(code))
    .map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`),
];

const readArgs = <A extends ArgsDef>(
  name: string,
  args: ArgsDef,
  rawArgs: readonly string[],
): ParsedArgs<A> => {
  const wrong = (what: string): Trouble =>
    new Trouble(codes.usage, `${what} See \`davit ${name} --help\`.`);
  const parsed = parsedArgs<A>(args, rawArgs, wrong);
  const known = new Set(['_', ...Object.entries(args).flatMap(namesOf)]);
  const strange = Object.keys(parsed).find((key) => !known.has(key));
  if (strange) throw wrong(`\`davit ${name}\` has no option ${dashed(strange)}.`);
  const places = Object.values(args).filter((arg) => arg.type === 'positional').length;
  const extra = parsed._[places];
  if (extra !== undefined) throw wrong(`\`davit ${name}\` does not expect "${extra}".`);
  const empty = Object.keys(args).find((key) => args[key]?.type === 'string' && parsed[key] === '');
  if (empty) throw wrong(`--${empty} needs a value.`);
  return parsed;
};

const namesOf = ([name, arg]: readonly [string, ArgsDef[string]]): readonly string[] =>
  'alias' in arg && arg.alias ? [name, ...[arg.alias].flat()] : [name];

const dashed = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`);

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
