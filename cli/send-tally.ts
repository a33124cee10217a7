import { present } from '../shared/core/present.ts';
import { visibleJson } from '../shared/wire/visible.ts';
import type { Context } from './context.ts';
import type { LineTask, ReadLine } from './line-task.ts';
import type { Line } from './lines.ts';
import { withFullStop } from './print/with-full-stop.ts';
import { countsBar, countsText, type SendCounts } from './send-counts.ts';
import type { Sent } from './send-tasks.ts';

/** Counts what became of the lines of a file, and shows it. */
export interface SendTally {
  readonly counts: () => SendCounts;
  /** A line was read. */
  readonly read: (line: Line, read: ReadLine) => void;
  /** It is known what became of the task of a line. */
  readonly done: (task: LineTask, sent: Sent) => void;
  /** A sentence: where it stopped, and how to go on. */
  readonly stoppedAt: () => string;
  /** Prints the last counts. */
  readonly end: () => void;
}

/** How often the counts are printed where no terminal shows a bar, and how often the bar is drawn. */
const plainMs = 10_000;
const barMs = 100;

/** Begins to count. `size`: the bytes of the file, where they are known. */
export const sendTally = (
  { json, from }: { readonly json: boolean; readonly from: string },
  { context, size }: { readonly context: Context; readonly size: number | undefined },
): SendTally => {
  const since = context.now();
  const open = new Set<number>();
  let [sent, existing, wrong, lastLine, end, shownAt] = [0, 0, 0, 0, 0, since];

  const counts = (): SendCounts => ({
    sent,
    existing,
    wrong,
    elapsedMs: context.now() - since,
    ...present({ fraction: size ? Math.min(1, end / size) : undefined }),
  });

  const show = (): void => {
    const { showStatus, screen } = context;
    if (context.now() - shownAt < (showStatus ? barMs : plainMs)) return;
    shownAt = context.now();
    if (showStatus) showStatus(countsBar(counts(), screen));
    else context.remark(`${countsText(counts())}.`);
  };

  const tell = (line: number, taskId: string | null, how: Sent): void => {
    if (how.how === 'sent') sent += 1;
    if (how.how === 'existing') existing += 1;
    if (how.how === 'wrong') wrong += 1;
    const why = how.how === 'wrong' ? how.why : null;
    if (json) context.print(visibleJson({ kind: 'line', line, taskId, how: how.how, why }));
    else if (why !== null) context.remark(`Line ${line} is wrong: ${withFullStop(why)}`);
  };

  return {
    counts,
    read: (line, read) => {
      [lastLine, end] = [line.number, line.end];
      if (read.kind === 'task') open.add(read.task.line);
      if (read.kind === 'again') tell(read.line, read.taskId, { how: 'existing' });
      if (read.kind === 'wrong') tell(read.line, null, { how: 'wrong', why: read.why });
    },
    done: ({ line, taskId }, how) => {
      open.delete(line);
      tell(line, taskId, how);
      show();
    },
    stoppedAt: () => {
      const first = open.values().next().value;
      const upTo = first === undefined ? lastLine : first - 1;
      const again = from === '-' ? 'Give the same lines again' : 'Run the same command again';
      return `${countsText(counts())}; the lines up to ${upTo} are done. ${again} to go on: what was submitted is not submitted twice.`;
    },
    end: () => {
      context.showStatus?.(undefined);
      if (json) context.print(visibleJson({ kind: 'end', sent, existing, wrong, lines: lastLine }));
      else context.print(`${countsText(counts())}.`);
    },
  };
};
