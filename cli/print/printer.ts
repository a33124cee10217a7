import type { LogLine } from '../../shared/aws/logs.ts';
import { isEnded, type Task } from '../../shared/core/task.ts';
import { iso } from '../../shared/wire/stored-time.ts';
import type { Stand } from '../stand.ts';
import { type Change, changeLine } from './changes.ts';
import { painted } from './text.ts';

/** Prints what happens to one task that is followed. */
export interface Printer {
  readonly change: (change: Change) => void;
  readonly log: (run: number, line: LogLine) => void;
  readonly ended: (task: Task) => void;
}

/** For people: a line a change, what containers print set in. */
export const linePrinter = ({ out, screen }: Stand): Printer => ({
  change: (change) => out(changeLine(change, screen)),
  log: (_run, line) => out(`${painted(screen, 'dim', '          │')} ${line.text}`),
  ended: () => {},
});

/** For scripts: JSON lines, the last of which is the end. */
export const jsonPrinter = (taskId: string, { out }: Stand): Printer => {
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
