import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Code, codes } from './codes.ts';
import { type Command, codeLines, type StandFor } from './command.ts';
import { type Deployment, placeHelp, placeOf } from './deployment.ts';
import { explained } from './failure-message.ts';
import { packageVersion } from './package-version.ts';
import { outLine, remarkLine } from './print/outlet.ts';
import { screenOf } from './screen.ts';
import { endWithoutOutput, readAll } from './streams.ts';
import { type CommandName, summaries } from './summaries.ts';
import { Trouble } from './trouble.ts';

/** Every command, loaded when it is called: an SDK client that is not needed costs a tenth of a second. */
const commands: Readonly<Record<CommandName, () => Promise<Command>>> = {
  submit: async () => (await import('./commands/submit.ts')).submit,
  list: async () => (await import('./commands/list.ts')).list,
  show: async () => (await import('./commands/show.ts')).show,
  logs: async () => (await import('./commands/logs.ts')).logs,
  versions: async () => (await import('./commands/versions.ts')).versions,
  pin: async () => (await import('./commands/pin.ts')).pin,
};

const overview = (): string => {
  const lines = Object.entries(summaries).map(([name, about]) => `  ${name.padEnd(10)}${about}`);
  return [
    'davit: one message in, one container out.',
    '',
    'USAGE davit <command> [options]',
    '',
    'COMMANDS',
    '',
    ...lines,
    '',
    'Use `davit <command> --help` for the options of one. Every command has --json. `davit --version` prints which one',
    'this is.',
    '',
    ...placeHelp,
    '',
    ...codeLines(Object.values(codes)),
  ].join('\n');
};

const foldersOf = (): readonly string[] =>
  process.env.DAVIT_DIR
    ? [process.env.DAVIT_DIR]
    : [join(process.cwd(), '.davit'), fileURLToPath(new URL('../.davit', import.meta.url))];

const remark = (sentence: string): void => {
  process.stderr.write(`${remarkLine(sentence, process.stderr.columns)}\n`);
};

const standMaker =
  (signal: AbortSignal, found: (place: Deployment) => void): StandFor =>
  (options) => {
    const place = placeOf({ ...options, env: process.env, folders: foldersOf(), remark });
    found(place);
    const screen = screenOf(process.stdout, process.env);
    return {
      place,
      screen,
      out: (line) => process.stdout.write(`${outLine(line, screen)}\n`),
      ...(process.stdout.isTTY ? {} : { outRaw: (line) => process.stdout.write(`${line}\n`) }),
      remark,
      readStdin: async () => await readAll(process.stdin, signal),
      now: Date.now,
      newId: randomUUID,
      wait: async (ms) => await later(ms, undefined, { signal }).catch(() => {}),
      signal,
    };
  };

const isCommand = (name: string): name is CommandName => Object.hasOwn(commands, name);

const commandNamed = async (name: string): Promise<Command> => {
  if (isCommand(name)) return await commands[name]();
  throw new Trouble(
    codes.usage,
    `There is no command "${name}". There are: ${Object.keys(commands).join(', ')}.`,
  );
};

const helpAsked = (args: readonly string[]): boolean => {
  const options = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  return options.includes('--help') || options.includes('-h');
};

/** Runs what stands on the command line, and answers the exit code. */
const runCommand = async (args: readonly string[], standFor: StandFor): Promise<Code> => {
  const [name, ...rest] = args;
  if (name === '--version') {
    process.stdout.write(`${packageVersion()}\n`);
    return codes.done;
  }
  if (name === undefined || name === 'help' || name.startsWith('-')) {
    if (name !== undefined && name !== 'help' && !helpAsked([name])) {
      throw new Trouble(
        codes.usage,
        `A command was expected before ${name}. See \`davit --help\`.`,
      );
    }
    process.stdout.write(`${overview()}\n`);
    return name === undefined ? codes.usage : codes.done;
  }
  const command = await commandNamed(name);
  if (!helpAsked(rest)) return await command.run(rest, standFor);
  process.stdout.write(`${await command.help()}\n`);
  return codes.done;
};

/** The program: runs the command of this process and sets its exit code. */
export const run = async (): Promise<void> => {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  endWithoutOutput(process);
  let place: Deployment | undefined;
  try {
    process.exitCode = await runCommand(
      process.argv.slice(2),
      standMaker(stop.signal, (found) => {
        place = found;
      }),
    );
  } catch (error) {
    const { code, sentence } = stop.signal.aborted
      ? { code: codes.stopped, sentence: 'Stopped.' }
      : explained(error, place);
    remark(sentence);
    process.exitCode = code;
  }
};

if (import.meta.main) await run();
