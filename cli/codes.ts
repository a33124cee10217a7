/** What a command says to the script that called it. */
export const codes = {
  done: 0,
  trouble: 1,
  usage: 2,
  unknown: 3,
  failed: 4,
  cancelled: 5,
  rejected: 6,
  notLive: 7,
  stopped: 130,
  unread: 141,
} as const;

export type Code = (typeof codes)[keyof typeof codes];

/** The codes, as `--help` explains them, and docs/cli.md in the same words. */
export const meanings: readonly (readonly [Code, string])[] = [
  [codes.done, 'done; submit --follow: the task SUCCEEDED'],
  [
    codes.trouble,
    'AWS, the local stack or the broker could not be asked, or refused; or the output could not be written',
  ],
  [codes.usage, 'the command line is wrong'],
  [codes.unknown, 'show, logs, versions, pin, list --tool: there is no such task, run or tool'],
  [codes.failed, 'submit --follow: the task FAILED'],
  [codes.cancelled, 'submit --follow: the task was CANCELLED'],
  [
    codes.rejected,
    'submit: there is no such tool, or the message can never be a task: nothing was sent, or its row is REJECTED',
  ],
  [codes.notLive, 'pin: the version did not become live; what was live stays so'],
  [codes.stopped, 'Ctrl-C: stopped looking; what was asked for goes on'],
  [codes.unread, 'the reader of the output has gone, as head does: what was asked for goes on'],
];
