/** Every command in one line. They are in a file of their own, so that `davit --help` does not load the commands. */
export const summaries = {
  submit: 'Submit a task for a tool; with --follow show it until it ends',
  list: 'List tasks, the last changed first, and count the messages that wait in davit.tasks',
  show: 'Show one task: its state, what it waits for, and all its runs',
  logs: 'Print what the container of a task printed',
  cancel: 'Cancel tasks: queued ones at once, running ones when their containers have stopped',
  dead: 'Show the tasks that are FAILED or REJECTED, grouped by tool and reason',
  redrive: 'Run tasks again that are FAILED or REJECTED, with new budgets',
  versions: 'Show the versions of the tools: pinned, live, refused, and how many runs use each',
  pin: 'Pin a version of a tool, and wait until it is live',
  pause: 'Let no task of a tool start, or of any tool, and say why',
  resume: 'End the pause of a tool, or of all',
  placements: 'Show where runs can be launched now, and how many tasks wait for the rest',
  limits: 'Show how many places of each limit are taken, who waits for one, and who is next',
} as const;

export type CommandName = keyof typeof summaries;
