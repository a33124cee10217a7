import type { LogLine } from '../../shared/aws/logs.ts';
import { isEnded, type Task } from '../../shared/core/task.ts';
import { iso } from '../../shared/wire/stored-time.ts';
import { visible, visibleJson } from '../../shared/wire/visible.ts';
import type { Context } from '../context.ts';
import type { LastLine } from '../last-line.ts';
import type { Progress } from '../progress-reader.ts';
import { changeLines } from './change-lines.ts';
import type { Change } from './changes.ts';
import { progressBar, progressText } from './progress-bar.ts';
import { painted } from './text.ts';
import { type Margin, withoutTabs, wrap } from './wrap.ts';

/** Prints what happens to one task that is followed. */
export interface Printer {
  readonly change: (change: Change) => void;
  readonly log: (run: number, line: LogLine) => void;
  readonly progress: (progress: Progress) => void;
  readonly lastLine: (lastLine: LastLine) => void;
  readonly ended: (task: Task, lastLine: LastLine | undefined) => void;
}

/** For people: one line for each change, and the lines of containers behind a bar. */
export const linePrinter = ({ print, screen, showStatus }: Context): Printer => {
  const showProgress = showStatus
    ? (progress: Progress) => showStatus(progressBar(progress, screen))
    : plainProgress(print);
  const bar = `${painted(screen, 'dim', '          │')} `;
  const margin: Margin = { first: bar, below: bar, width: 12 };
  const printBehindBar = (text: string): void => {
    for (const line of withoutTabs(visible(text)).split('\n'))
      for (const row of wrap(line, margin, screen)) print(row);
  };
  return {
    change: (change) => {
      if (change.isStop) showStatus?.(undefined);
      for (const row of changeLines(change, screen)) print(row);
    },
    log: (_run, line) => printBehindBar(line.text),
    progress: showProgress,
    lastLine: (lastLine) => printBehindBar(textOf(lastLine) ?? ''),
    ended: () => {},
  };
};

/** For scripts: JSON lines. The last line is the end of the task. */
export const jsonPrinter = (taskId: string, context: Context): Printer => {
  const print = (document: object): void => context.print(visibleJson(document));
  return {
    change: ({ at, phase, run, what }) =>
      print({ kind: 'change', taskId, at: iso(at), phase, run, what }),
    log: (run, { at, text }) => print({ kind: 'log', taskId, run, at: iso(at), message: text }),
    progress: ({ run, at, fraction, step }) =>
      print({
        kind: 'progress',
        taskId,
        run,
        at: iso(at),
        fraction: fraction ?? null,
        step: step ?? null,
      }),
    lastLine: (lastLine) =>
      print({ kind: 'lastLine', taskId, run: lastLine.run, lastLine: textOf(lastLine) ?? null }),
    ended: (task, lastLine) =>
      print({ kind: 'ended', taskId, ...endOf(task), lastLine: textOf(lastLine) ?? null }),
  };
};

/** A line each time that a tenth more is done, and when the step becomes another one. */
const plainProgress = (print: Context['print']): Printer['progress'] => {
  let last = '';
  return (progress) => {
    const { run, fraction = 0, step = '' } = progress;
    const now = `${run} ${Math.floor(fraction * 10)} ${step}`;
    if (now !== last) print(progressText(progress));
    last = now;
  };
};

const textOf = (lastLine: LastLine | undefined): string | undefined =>
  lastLine && 'text' in lastLine ? lastLine.text : undefined;

const endOf = (task: Task): object => {
  const { phase, tool, release, run, attempts } = task;
  const end = isEnded(task) ? task : undefined;
  return {
    phase,
    tool: tool ?? null,
    version: release?.version ?? null,
    run,
    attempts,
    endedAt: end ? iso(end.endedAt) : null,
    exitCode: end?.exitCode ?? null,
    outcome: end?.outcome ?? null,
    reason: end?.reason ?? null,
    result: end?.result ?? null,
  };
};
