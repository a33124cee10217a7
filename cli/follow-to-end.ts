import type { LogLine } from '../shared/aws/logs.ts';
import type { Queries } from '../shared/aws/queries.ts';
import type { Submission } from '../shared/core/request.ts';
import { isEnded, type Task } from '../shared/core/task.ts';
import { iso } from '../shared/wire/stored-time.ts';
import { type Code, codes } from './codes.ts';
import { codeOfEnd, looks } from './follow.ts';
import { type Change, changeLine, changesOf } from './print/changes.ts';
import { painted } from './print/text.ts';
import { logsAt, pauseMs, type Stand } from './stand.ts';
import { lateLines, tailOf, taskTailOf } from './tail.ts';
import { Trouble } from './trouble.ts';

/** What is printed of a task that is followed. */
export interface Shown {
  readonly json: boolean;
  readonly logs: boolean;
}

interface Printer {
  readonly change: (change: Change) => void;
  readonly log: (run: number, line: LogLine) => void;
  readonly ended: (task: Task) => void;
}

// Longer than dispatch takes when nothing is in its way: until then there is nothing to say.
const patienceMs = 3_000;

/** Prints what happens to a submitted task until it has ended, and answers how it ended. */
export const followToEnd = async (
  submission: Submission,
  table: Queries,
  stand: Stand,
  shown: Shown,
): Promise<Code> => {
  try {
    const task = await toEnd(submission, table, stand, shown);
    if (task) return codeOfEnd(task);
  } catch (error) {
    if (!stand.signal.aborted) throw error;
  }
  stand.remark(
    `Stopped following. Task ${submission.taskId} goes on: see \`davit show ${submission.taskId}\`.`,
  );
  return codes.stopped;
};

const toEnd = async (
  submission: Submission,
  table: Queries,
  stand: Stand,
  shown: Shown,
): Promise<Task | undefined> => {
  const { taskId } = submission;
  const printer = shown.json ? jsonPrinter(taskId, stand) : linePrinter(stand);
  const tellLogs = shown.logs ? logTeller(stand, printer) : async () => {};
  const sayWaiting = patience(stand);
  let last: Task | undefined;
  for await (const task of looks(taskId, table, stand)) {
    if (task) {
      checkOurs(task, submission);
      await tellLogs(task);
      for (const change of changesOf(last, task)) printer.change(change);
      last = task;
    } else sayWaiting();
  }
  if (!last || !isEnded(last)) return undefined;
  printer.ended(last);
  return last;
};

const checkOurs = (task: Task, { taskId, digest }: Submission): void => {
  if (task.digest === digest) return;
  throw new Trouble(
    codes.rejected,
    `"${taskId}" is the id of another task already (${task.phase}): this message was REJECTED under an id of its own. Take another id.`,
  );
};

const patience = (stand: Stand): (() => void) => {
  const since = stand.now();
  let isSaid = false;
  return () => {
    if (isSaid || stand.now() - since < patienceMs + pauseMs(stand)) return;
    stand.remark('The message waits in davit.tasks.');
    isSaid = true;
  };
};

const logTeller = (stand: Stand, printer: Printer): ((task: Task) => Promise<void>) => {
  const tail = taskTailOf(tailOf(logsAt(stand)));
  const tell = async (task: Task): Promise<void> => {
    for (const { run, lines } of await tail(task)) {
      for (const line of lines) printer.log(run, line);
    }
  };
  return async (task) => {
    await tell(task);
    if (!isEnded(task)) return;
    await lateLines(stand);
    await tell(task);
  };
};

const linePrinter = (stand: Stand): Printer => ({
  change: (change) => stand.out(changeLine(change, stand.screen)),
  log: (_run, line) => stand.out(`${painted(stand.screen, 'dim', '          │')} ${line.text}`),
  ended: () => {},
});

const jsonPrinter = (taskId: string, { out }: Stand): Printer => {
  const print = (document: object): void => out(JSON.stringify(document));
  return {
    change: ({ at, phase, run, what }) =>
      print({ kind: 'change', taskId, at: iso(at), phase, run, what }),
    log: (run, { at, text }) => print({ kind: 'log', taskId, run, at: iso(at), message: text }),
    ended: (task) => print({ kind: 'ended', taskId, ...endOf(task) }),
  };
};

const endOf = (task: Task): object => {
  const { phase, tool, release, run, attempts } = task;
  if (!isEnded(task)) return { phase };
  const { endedAt, exitCode, outcome, reason, result } = task;
  return {
    phase,
    tool,
    version: release?.version,
    run,
    attempts,
    endedAt: iso(endedAt),
    exitCode,
    outcome,
    reason,
    result,
  };
};
