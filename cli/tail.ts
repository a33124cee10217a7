import { type LogLine, type LogPage, type ReadLog, streamOf } from '../shared/aws/logs.ts';
import type { Task } from '../shared/core/task.ts';
import type { Context } from './context.ts';
import { containersOf } from './print/run.ts';

/** Reads what was added to the log of an ECS task since it was last asked; undefined while there is no such log. */
export type Tail = (ecsTaskArn: string) => Promise<readonly LogLine[] | undefined>;

/** Remembers how far each log was read. */
export const tailOf = (readLog: ReadLog): Tail => {
  const reached = new Map<string, string>();
  return async (ecsTaskArn) => {
    const stream = streamOf(ecsTaskArn);
    const found: LogLine[] = [];
    for await (const page of pagesOf(readLog, stream, reached.get(stream))) {
      found.push(...page.lines);
      if (page.next) reached.set(stream, page.next);
    }
    return reached.has(stream) ? found : undefined;
  };
};

/** What the containers of a task printed since it was last asked, run by run. */
export type TaskTail = (
  task: Task,
) => Promise<readonly { readonly run: number; readonly lines: readonly LogLine[] }[]>;

/** Follows a task's runs from its first one, or from the one that is the latest when it is asked first. */
export const taskTailOf = (tail: Tail, begin: 'first' | 'latest'): TaskTail => {
  let from = begin === 'first' ? 1 : undefined;
  return async (task) => {
    const containers = containersOf(task);
    const start = from ?? containers.at(-1)?.run;
    if (start === undefined) return [];
    // The one before the latest is read again: its last lines may come when the next one is there already.
    from = Math.max(start, containers.at(-2)?.run ?? 0);
    const read = containers.filter(({ run }) => run >= start);
    return await Promise.all(
      read.map(async ({ run, ecsTaskArn }) => ({ run, lines: (await tail(ecsTaskArn)) ?? [] })),
    );
  };
};

// The log driver sends what it has every few seconds: after a run's end that much may still be on its way.
const lateMs = 6_000;
const lateLocalMs = 400;

/** Waits for what a container wrote at its very end. */
export const lateLines = async (stand: Context): Promise<void> =>
  await stand.wait(stand.place.isLocal ? lateLocalMs : lateMs);

const pagesOf = async function* (
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
