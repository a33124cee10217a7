import type { LogLine, LogPage, ReadLog } from '../shared/aws/logs.ts';
import { logStreamOf } from '../shared/core/log-stream.ts';
import type { Task } from '../shared/core/task.ts';
import { containersOf } from './containers.ts';
import type { Context } from './context.ts';

/** Reads the lines that an ECS task has printed since the last call; undefined while it has no log. */
export type Tail = (ecsTaskArn: string) => Promise<readonly LogLine[] | undefined>;

/** A tail that remembers how far it has read each log. */
export const tailOf = (readLog: ReadLog): Tail => {
  const reached = new Map<string, string>();
  return async (ecsTaskArn) => {
    const stream = logStreamOf(ecsTaskArn);
    const found: LogLine[] = [];
    for await (const page of readPages(readLog, stream, reached.get(stream))) {
      found.push(...page.lines);
      if (page.next) reached.set(stream, page.next);
    }
    return reached.has(stream) ? found : undefined;
  };
};

/** Reads the lines that the containers of a task have printed since the last call, run by run. */
export type TaskTail = (
  task: Task,
) => Promise<readonly { readonly run: number; readonly lines: readonly LogLine[] }[]>;

/** A tail over the runs of a task. It begins with the first run, or with the run that is the latest at the first call. */
export const taskTailOf = (tail: Tail, begin: 'first' | 'latest'): TaskTail => {
  let from = begin === 'first' ? 1 : undefined;
  return async (task) => {
    const containers = containersOf(task);
    const start = from ?? containers.at(-1)?.run;
    if (start === undefined) return [];
    // The run before the latest is read again, because its last lines may arrive after the next run has started.
    from = Math.max(start, containers.at(-2)?.run ?? 0);
    const read = containers.filter(({ run }) => run >= start);
    return await Promise.all(
      read.map(async ({ run, ecsTaskArn }) => ({ run, lines: (await tail(ecsTaskArn)) ?? [] })),
    );
  };
};

/** Waits until the last lines of a container that has ended are in its log. */
export const waitForLateLines = async (context: Context): Promise<void> =>
  await context.wait(context.deployment.isLocal ? lateLocalMs : lateMs);

// The log driver sends its lines every few seconds, so the last ones arrive after the end of the run.
const lateMs = 6_000;
const lateLocalMs = 400;

const readPages = async function* (
  readLog: ReadLog,
  stream: string,
  reached: string | undefined,
): AsyncGenerator<LogPage> {
  let page = await readLog(stream, reached);
  while (page) {
    yield page;
    page = page.atEnd || !page.next ? undefined : await readLog(stream, page.next);
  }
};
