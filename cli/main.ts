import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { present } from '../shared/core/present.ts';
import { askUser } from './ask-user.ts';
import { type Code, codes } from './codes.ts';
import { type Command, type ContextFor, codeLines } from './command.ts';
import { CommandError } from './command-error.ts';
import { type Deployment, deploymentHelp, findDeployment } from './deployment.ts';
import { exitWhenOutputFails } from './exit-when-output-fails.ts';
import { failureMessage } from './failure-message.ts';
import { packageVersion } from './package-version.ts';
import { outputLine, remarkLine } from './print/output-line.ts';
import { readAll } from './read-all.ts';
import { screenOf } from './screen.ts';
import { statusLineOn } from './status-line.ts';
import { type CommandName, summaries } from './summaries.ts';

/** Runs the command line of this process, and sets its exit code. */
export const run = async (): Promise<void> => {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  exitWhenOutputFails(process);
  let deployment: Deployment | undefined;
  try {
    process.exitCode = await runCommand(
      process.argv.slice(2),
      contextMaker(stop.signal, (found) => {
        deployment = found;
      }),
    );
  } catch (error) {
    const { code, sentence } = stop.signal.aborted
      ? { code: codes.interrupted, sentence: 'Stopped.' }
      : failureMessage(error, deployment);
    remark(sentence);
    process.exitCode = code;
  }
};

const runCommand = async (args: readonly string[], contextFor: ContextFor): Promise<Code> => {
  const [name, ...rest] = args;
  if (name === '--version') {
    process.stdout.write(`${packageVersion()}\n`);
    return codes.done;
  }
  if (name === undefined || name === 'help' || name.startsWith('-')) {
    if (name !== undefined && name !== 'help' && !asksForHelp([name])) {
      throw new CommandError(
        codes.usage,
        `A command was expected before ${name}. See \`davit --help\`.`,
      );
    }
    process.stdout.write(`${overview()}\n`);
    return name === undefined ? codes.usage : codes.done;
  }
  const command = await loadCommand(name);
  if (!asksForHelp(rest)) return await command.run(rest, contextFor);
  process.stdout.write(`${await command.help()}\n`);
  return codes.done;
};

const asksForHelp = (args: readonly string[]): boolean => {
  const options = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  return options.includes('--help') || options.includes('-h');
};

const overview = (): string => {
  const lines = Object.entries(summaries).map(([name, about]) => `  ${name.padEnd(12)}${about}`);
  return [
    'davit: one message in, one container out.',
    '',
    'USAGE davit <command> [options]',
    '',
    'COMMANDS',
    '',
    ...lines,
    '',
    'For the options of a command use `davit <command> --help`. Every command has --json. `davit --version` prints the',
    'version of davit.',
    '',
    ...deploymentHelp,
    '',
    ...codeLines(Object.values(codes)),
  ].join('\n');
};

const loadCommand = async (name: string): Promise<Command> => {
  if (isCommand(name)) return await commands[name]();
  throw new CommandError(
    codes.usage,
    `There is no command "${name}". The commands are: ${Object.keys(commands).join(', ')}.`,
  );
};

const isCommand = (name: string): name is CommandName => Object.hasOwn(commands, name);

// A command is loaded only when it is called: each SDK client takes a tenth of a second to load.
const commands: Readonly<Record<CommandName, () => Promise<Command>>> = {
  submit: async () => (await import('./commands/submit.ts')).submit,
  list: async () => (await import('./commands/list.ts')).list,
  show: async () => (await import('./commands/show.ts')).show,
  logs: async () => (await import('./commands/logs.ts')).logs,
  cancel: async () => (await import('./commands/cancel.ts')).cancel,
  dead: async () => (await import('./commands/dead.ts')).dead,
  redrive: async () => (await import('./commands/redrive.ts')).redrive,
  versions: async () => (await import('./commands/versions.ts')).versions,
  pin: async () => (await import('./commands/pin.ts')).pin,
  pause: async () => (await import('./commands/pause.ts')).pause,
  resume: async () => (await import('./commands/resume.ts')).resume,
  placements: async () => (await import('./commands/placements.ts')).placements,
  limits: async () => (await import('./commands/limits.ts')).limits,
};

const contextMaker =
  (signal: AbortSignal, onFound: (deployment: Deployment) => void): ContextFor =>
  (options) => {
    const deployment = findDeployment({
      ...options,
      env: process.env,
      folders: foldersOfStacks(),
      remark,
    });
    onFound(deployment);
    const screen = screenOf(process.stdout, process.env);
    const line = statusLineOn((text) => process.stdout.write(text));
    return {
      deployment,
      screen,
      print: (text) => line.print(outputLine(text, screen)),
      ...(process.stdout.isTTY
        ? { showStatus: (text) => line.show(text && outputLine(text, screen)) }
        : { printRaw }),
      remark: (sentence) => line.above(() => remark(sentence)),
      ...present({ confirm: isAnswered() ? askUser(terminal, signal) : undefined }),
      readStdin: async () => await readAll(process.stdin, signal),
      openStdin: () => addAbortSignal(signal, process.stdin),
      now: Date.now,
      newId: randomUUID,
      wait: async (ms) => await later(ms, undefined, { signal }).catch(() => {}),
      signal,
    };
  };

// A question goes to stderr, so that stdout has only results.
const terminal = { input: process.stdin, output: process.stderr };
const isAnswered = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

const printRaw = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const foldersOfStacks = (): readonly string[] =>
  process.env.DAVIT_DIR
    ? [process.env.DAVIT_DIR]
    : [join(process.cwd(), '.davit'), fileURLToPath(new URL('../.davit', import.meta.url))];

const remark = (sentence: string): void => {
  process.stderr.write(`${remarkLine(sentence, process.stderr.columns)}\n`);
};

if (import.meta.main) await run();
