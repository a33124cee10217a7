import { stripVTControlCharacters } from 'node:util';
import { type ArgsDef, defineCommand, type ParsedArgs, renderUsage } from 'citty';
import { present } from '../shared/core/present.ts';
import { type Code, codeMeanings, codes } from './codes.ts';
import type { Context } from './context.ts';
import { deploymentHelp } from './deployment.ts';
import { readArgs } from './read-args.ts';
import { type CommandName, summaries } from './summaries.ts';

/** Makes the context of a command from its options. */
export type ContextFor = (options: { stage?: string; region?: string }) => Context;

/** A command of `davit`. It runs with the words that follow its name on the command line. */
export interface Command {
  readonly run: (rawArgs: readonly string[], contextFor: ContextFor) => Promise<Code>;
  /** The text of `--help`. */
  readonly help: () => Promise<string>;
}

const common = {
  json: { type: 'boolean', description: 'Print JSON, for scripts' },
  stage: { type: 'string', description: 'The stage to use' },
  region: { type: 'string', description: 'The AWS region of the stage' },
} as const satisfies ArgsDef;

const root = defineCommand({ meta: { name: 'davit' } });

/** Declares a command: its arguments, and what it does with them. It refuses arguments that are not declared. */
export const command = <const A extends ArgsDef>(def: {
  readonly name: CommandName;
  readonly args: A;
  /** Its last positional argument may come more than once: `args._` has all of them. */
  readonly isRepeated?: true;
  readonly notes: readonly string[];
  readonly codes: readonly Code[];
  readonly run: (args: ParsedArgs<A & typeof common>, context: Context) => Promise<Code>;
}): Command => {
  const args = { ...def.args, ...common };
  return {
    run: async (rawArgs, contextFor) => {
      const parsed = readArgs<A & typeof common>(def.name, args, rawArgs, def);
      const { stage, region } = readArgs<typeof common>(def.name, args, rawArgs, def);
      return await def.run(
        parsed,
        contextFor(present({ stage: stage || undefined, region: region || undefined })),
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
        ...deploymentHelp,
        '',
        ...codeLines([codes.done, codes.error, codes.usage, codes.outputClosed, ...def.codes]),
      ].join('\n');
    },
  };
};

/** The exit codes of a command, one in each line. */
export const codeLines = (of: readonly Code[]): readonly string[] => [
  'EXIT CODES',
  '',
  ...codeMeanings
    .filter(([code]) => of.includes(code))
    .map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`),
];
