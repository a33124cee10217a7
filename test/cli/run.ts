import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Command } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { failureMessage } from '../../cli/failure-message.ts';
import { outputLine, remarkLine } from '../../cli/print/output-line.ts';
import type { Screen } from '../../cli/print/text.ts';
import { type Answers, startFakeAws } from './fake-aws.ts';
import { at } from './tasks.ts';

/** What a command printed, and its exit code. */
export interface CommandResult {
  readonly code: number;
  readonly out: readonly string[];
  readonly remarks: readonly string[];
}

/** What differs from the usual run of a command. */
export interface Circumstances {
  readonly stdin?: string | Uint8Array;
  readonly screen?: Screen;
  /** Whether stdout is a terminal; a pipe otherwise. */
  readonly isTerminal?: boolean;
  /** What the user answers; without it no one can be asked. */
  readonly answer?: boolean;
  /** A remark like this one ends the command as Ctrl-C would. */
  readonly stopAtRemark?: RegExp;
  /** Called with each line that stays last on a terminal; undefined removes it. */
  readonly onStatus?: (line: string | undefined) => void;
  /** Called at each wait. The thousandth wait ends the command as Ctrl-C would. */
  readonly onWait?: (times: number, stop: () => void) => void;
}

const mostWaits = 1_000;

/** Runs a command against a fake AWS, with a clock that moves at each wait. */
export const runCommand = async (
  command: Command,
  args: readonly string[],
  answers: Answers,
  {
    stdin = '',
    screen = { colours: false },
    isTerminal = false,
    onStatus = () => {},
    onWait = () => {},
    answer,
    stopAtRemark,
  }: Circumstances = {},
): Promise<CommandResult> => {
  const aws = await startFakeAws(answers);
  onTestFinished(aws.stop);
  const stop = new AbortController();
  const out: string[] = [];
  const remarks: string[] = [];
  let now = at(30);
  let waits = 0;
  const context: Context = {
    deployment: {
      stage: 'test',
      isLocal: true,
      reach: {
        region: 'eu-central-1',
        endpoint: aws.url,
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      },
      table: 'davit-test-tasks',
      parameters: '/davit/test/tools',
      logGroup: '/davit/test/tools',
      control: 'davit-test-control',
      description: 'the test',
    },
    screen,
    print: (line) => out.push(outputLine(line, screen)),
    ...(isTerminal
      ? { showStatus: (line) => onStatus(line && outputLine(line, screen)) }
      : { printRaw: (line) => out.push(line) }),
    remark: (line) => {
      remarks.push(remarkLine(line, undefined));
      if (stopAtRemark?.test(line)) stop.abort();
    },
    ...(answer === undefined
      ? {}
      : {
          confirm: async (question) => {
            remarks.push(question);
            return answer;
          },
        }),
    readStdin: async () => Buffer.from(stdin),
    openStdin: () => Readable.from([Buffer.from(stdin)]),
    now: () => now,
    newId: () => 'new-id',
    wait: async (ms) => {
      now += ms;
      waits += 1;
      onWait(waits, () => stop.abort());
      if (waits > mostWaits) stop.abort();
      await setImmediate();
    },
    signal: stop.signal,
  };
  try {
    return { code: await command.run(args, () => context), out, remarks };
  } catch (error) {
    const { code, sentence } = failureMessage(error, context.deployment);
    return { code, out, remarks: [...remarks, remarkLine(sentence, undefined)] };
  }
};
