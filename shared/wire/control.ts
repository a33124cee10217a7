import * as v from 'valibot';
import type { Asked, ControlAnswer, ControlRequest } from '../core/control.ts';
import { present } from '../core/present.ts';
import { listIn, wholeIn } from './bounded.ts';
import { isTaskId } from './message.ts';
import { counted, priorities, runNumbers } from './ranges.ts';
import { shown } from './shown.ts';

/** So many tasks in one request are done well within the time of one invocation. */
const mostTasks = 100;
/** Characters of the reason for a cancel. */
const longestWhy = 500;

const must =
  (expected: string) =>
  ({ input }: { readonly input: unknown }): string =>
    `must be ${expected}, but is ${shown(input)}`;

const taskId = v.custom<string>(
  (value) => typeof value === 'string' && isTaskId(value),
  must('the id of a task: 1 to 100 letters, digits, _ or -'),
);
const listOf = <const Item extends v.GenericSchema>(item: Item) =>
  v.pipe(
    v.array(item),
    v.minLength(1, `must name 1 to ${mostTasks} tasks, but is empty`),
    v.maxLength(
      mostTasks,
      ({ received }) => `must name 1 to ${mostTasks} tasks, but has ${received}`,
    ),
  );
const redriven = v.strictObject({
  taskId,
  run: v.exactOptional(wholeIn({ ...runNumbers, least: 1 })),
});

/** Either one task or several ones. */
const either = (one: unknown, several: unknown): boolean =>
  (one === undefined) !== (several === undefined);

const cancel = v.pipe(
  v.strictObject({
    ask: v.literal('cancel'),
    taskId: v.exactOptional(taskId),
    taskIds: v.exactOptional(listOf(taskId)),
    why: v.exactOptional(
      v.custom<string>(
        (why) => typeof why === 'string' && why !== '' && why.length <= longestWhy,
        must(`a sentence of 1 to ${longestWhy} characters`),
      ),
    ),
  }),
  v.check(
    (asked) => either(asked.taskId, asked.taskIds),
    'must name either "taskId", one task, or "taskIds", a list of tasks',
  ),
  v.transform(
    ({ ask, taskId: one, taskIds = [], why }): ControlRequest => ({
      ask,
      taskIds: one === undefined ? [...new Set(taskIds)] : [one],
      ...present({ why }),
    }),
  ),
);

const redrive = v.pipe(
  v.strictObject({
    ask: v.literal('redrive'),
    taskId: v.exactOptional(taskId),
    run: v.exactOptional(wholeIn({ ...runNumbers, least: 1 })),
    tasks: v.exactOptional(listOf(redriven)),
    sameVersion: v.exactOptional(v.boolean()),
  }),
  v.check(
    ({ taskId: one, run, tasks }) => either(one, tasks) && (run === undefined || one !== undefined),
    'must name either "taskId", one task with its "run", or "tasks", a list of such pairs',
  ),
  v.transform(
    ({ ask, taskId: one, run, tasks = [], sameVersion = false }): ControlRequest => ({
      ask,
      tasks: one === undefined ? tasks : [{ taskId: one, ...present({ run }) }],
      sameVersion,
    }),
  ),
);

/** So many messages are confirmed well within the time of one invocation. */
export const mostSubmitted = 100;

const submitting = {
  taskId: v.string(),
  body: v.string(),
  priority: v.optional(wholeIn(priorities), 0),
};

const request = v.variant('ask', [
  v.strictObject({ ask: v.literal('submit'), ...submitting }),
  v.strictObject({
    ask: v.literal('submitMany'),
    tasks: listIn(v.strictObject(submitting), { least: 1, most: mostSubmitted }),
  }),
  cancel,
  redrive,
  v.strictObject({ ask: v.literal('backlog') }),
]);

const answer = v.variant('kind', [
  v.object({ kind: v.literal('submitted'), taskId: v.string() }),
  v.object({
    kind: v.literal('tasks'),
    tasks: v.array(
      v.object({
        taskId: v.string(),
        how: v.picklist(['done', 'refused', 'failed']),
        says: v.string(),
      }),
    ),
  }),
  v.object({ kind: v.literal('refused'), reason: v.string() }),
  v.object({
    kind: v.literal('backlog'),
    ready: v.exactOptional(wholeIn(counted)),
    doorbells: v.exactOptional(wholeIn(counted)),
  }),
  v.object({ kind: v.literal('failed'), why: v.string() }),
]);

/** Reads a request to `control`, or says what is wrong with it. */
export const controlRequestOf = (payload: unknown): Asked => {
  const parsed = v.safeParse(request, payload);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue);
  const at = where ? `"${where}" of the request` : 'the request';
  if (issue.message.startsWith('must ')) return { reason: `${at} ${issue.message}` };
  return {
    reason: `control expected ${issue.expected ?? 'something else'} as ${at}, but got ${shown(issue.input)}`,
  };
};

/** Reads an answer of `control`; undefined when this version of Davit does not know it. */
export const controlAnswerOf = (payload: unknown): ControlAnswer | undefined => {
  const parsed = v.safeParse(answer, payload);
  return parsed.success ? parsed.output : undefined;
};
