import type { Task } from '../shared/core/task.ts';

/** The exit codes of every command. */
export const codes = {
  done: 0,
  error: 1,
  usage: 2,
  notFound: 3,
  failed: 4,
  cancelled: 5,
  rejected: 6,
  notLive: 7,
  interrupted: 130,
  outputClosed: 141,
} as const;

export type Code = (typeof codes)[keyof typeof codes];

/** What each code means. `--help` prints these sentences, and docs/cli.md has the same ones. */
export const codeMeanings: readonly (readonly [Code, string])[] = [
  [codes.done, 'done; submit --follow: the task SUCCEEDED'],
  [
    codes.error,
    'AWS, the local stack or the broker could not be reached, or refused the call; or the output could not be written',
  ],
  [codes.usage, 'the command line is wrong'],
  [
    codes.notFound,
    'show, logs, versions, pin, pause, resume, limits, list --tool: the task, run or tool does not exist; cancel, redrive: a text cannot be the id of a task',
  ],
  [codes.failed, 'submit --follow: the task FAILED'],
  [codes.cancelled, 'submit --follow: the task was CANCELLED'],
  [
    codes.rejected,
    'submit: the tool does not exist, or the message can never be a task: nothing was sent, or its row is REJECTED; submit --from: a line is wrong, and the others were sent; cancel, redrive: at least one task was refused (for redrive also one that does not exist, for cancel --group none that has ended), or the user said no',
  ],
  [codes.notLive, 'pin: the version did not become live; the live version has not changed'],
  [
    codes.interrupted,
    'Ctrl-C: davit stopped waiting; the task or pin itself goes on, and what was cancelled or redriven stays so; submit --from: it stopped sending',
  ],
  [
    codes.outputClosed,
    'the reader of the output closed it, as head does; the task or pin itself goes on',
  ],
];

/** The exit code for a task that has ended. */
export const exitCodeOf = (task: Task): Code => {
  switch (task.phase) {
    case 'SUCCEEDED':
      return codes.done;
    case 'CANCELLED':
      return codes.cancelled;
    case 'REJECTED':
      return codes.rejected;
    default:
      return codes.failed;
  }
};
