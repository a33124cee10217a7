/** Every command in a sentence; apart from the commands, so that `--help` need not load them. */
export const summaries = {
  submit: 'Submit a task for a tool, and follow it to its end',
  list: 'Tasks, the last change first, and how many messages wait in davit.tasks',
  show: 'One task: what it is, what it waits for, what each run was',
  logs: 'What the container of a task printed',
  versions: 'Versions of the tools: pinned, live, refused, and how many runs are on each',
  pin: 'Pin a version of a tool, and wait until it is live',
} as const;

export type CommandName = keyof typeof summaries;
