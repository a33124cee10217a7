import { stripVTControlCharacters } from 'node:util';
import { type ArgsDef, defineCommand, type ParsedArgs, renderUsage } from 'citty';
import { type Code, codes, meanings } from './codes.ts';
import type { Context } from './context.ts';
import { placeHelp } from './deployment.ts';
import { readArgs } from './read-args.ts';
import { type CommandName, summaries } from './summaries.ts';

/** Makes the stand of a command once its options are known. */
export type StandFor = (options: { stage?: string; region?: string }) => Context;

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
  readonly run: (args: ParsedArgs<A & typeof common>, stand: Context) => Promise<Code>;
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
        defineCommand<ArgsDef>({
          meta: { name: def.name, description: summaries[def.name] },
          args,
        }),
        root,
      );
      return [
        stripVTControlCharacters(usage).replace(/ +$/gm, '').trimEnd(),
        '',
        ...def.notes,
        '',
        ...placeHelp,
        '',
        ...codeLines([codes.done, codes.trouble, codes.usage, codes.unread, ...def.codes]),
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
