import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Command } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { explained } from '../../cli/failure-message.ts';
import { outLine, remarkLine } from '../../cli/print/outlet.ts';
import type { Screen } from '../../cli/print/text.ts';
import { type Answers, startFakeAws } from './fake-aws.ts';
import { at } from './tasks.ts';

/** What a command printed, and what it told its script. */
export interface Ran {
  readonly code: number;
  readonly out: readonly string[];
  readonly remarks: readonly string[];
}

/** Settings of a run that differ from a quiet one. */
export interface Circumstances {
  readonly stdin?: string | Uint8Array;
  readonly screen?: Screen;
  /** Whether stdout is a terminal; a pipe otherwise. */
  readonly isTerminal?: boolean;
  /** Called at each wait; a thousandth one ends the command as Ctrl-C would. */
  readonly onWait?: (times: number, stop: () => void) => void;
}

const mostWaits = 1_000;

/** Runs a command against a fake AWS, with a clock that moves by each wait. */
export const ran = async (
  command: Command,
  args: readonly string[],
  answers: Answers,
  {
    stdin = '',
    screen = { colours: false },
    isTerminal = false,
    onWait = () => {},
  }: Circumstances = {},
): Promise<Ran> => {
  const aws = await startFakeAws(answers);
  onTestFinished(aws.stop);
  const stop = new AbortController();
  const out: string[] = [];
  const remarks: string[] = [];
  let now = at(30);
  let waits = 0;
  const stand: Context = {
    place: {
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
      called: 'the test',
    },
    screen,
    out: (line) => out.push(outLine(line, screen)),
    ...(isTerminal ? {} : { outRaw: (line) => out.push(line) }),
    remark: (line) => remarks.push(remarkLine(line, undefined)),
    readStdin: async () => Buffer.from(stdin),
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
    return { code: await command.run(args, () => stand), out, remarks };
  } catch (error) {
    const { code, sentence } = explained(error, stand.place);
    return { code, out, remarks: [...remarks, remarkLine(sentence, undefined)] };
  }
};
