import * as v from 'valibot';
import { present } from '../core/present.ts';
import type { Phase, Said, Task } from '../core/task.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { farTimeIn } from './far-time.ts';
import { rowSchema, rowVersion } from './row-schema.ts';
import { storedEffect } from './stored-effect.ts';
import { firstIssue, storedFields } from './stored-time.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The attributes of a task's row: ISO times, the release as `version` and `pinned`, the hold as `heldBy` and `held`, the result as
 * `toolResult` (`release`, `hold` and `result` are reserved words of DynamoDB). Only the fields that the task's phase declares are
 * written; any other member of the object is left out.
 */
export const fieldsOf = (task: Task): Record<string, unknown> => {
  const { release } = task;
  const { by, ...held } = task.phase === 'QUEUED' && task.hold ? task.hold : {};
  return storedFields({
    ...plainOf(task),
    outbox: task.outbox.map(storedEffect),
    rowVersion,
    version: release?.version,
    pinned: release && {
      definitions: release.definitions,
      imageDigest: release.imageDigest,
      spec: release.spec,
    },
    heldBy: by,
    held: by === undefined ? undefined : held,
    ...storedSaid(task),
  });
};

/** The task of a row, without attributes that are not a task's. Throws UnreadableRow when this version cannot read the row. */
export const taskOf = (fields: Fields): Task => {
  const parsed = v.safeParse(taskSchema, unfolded(fields));
  if (parsed.success) return parsed.output;
  throw new UnreadableRow(
    `Row ${String(fields.taskId)} cannot be read: ${firstIssue(parsed.issues)}. Was it edited by hand, or written by a newer Davit? Correct that attribute in the table, or deploy the newer Davit`,
    { digest: fields.digest },
  );
};

const taskSchema = v.pipe(
  rowSchema,
  v.transform(({ rowVersion: _version, ...task }): Task => task),
  v.rawCheck(({ dataset, addIssue }) => {
    const far = dataset.typed ? farTimeIn(dataset.value) : undefined;
    if (far !== undefined) addIssue({ message: far });
  }),
);

// Fields that are stored under another name, or are not part of a task.
const folded: ReadonlySet<string> = new Set(['release', 'hold', 'result', 'rowVersion']);

const declaredNames: ReadonlyMap<Phase, readonly string[]> = new Map(
  rowSchema.options.flatMap(({ entries }) => {
    const { phase } = entries;
    const phases: readonly Phase[] = 'literal' in phase ? [phase.literal] : phase.options;
    const names = Object.keys(entries).filter((name) => !folded.has(name));
    return phases.map((each) => [each, names] as const);
  }),
);

const plainOf = (task: Task): Fields => {
  const own = new Map<string, unknown>(Object.entries(task));
  const names = declaredNames.get(task.phase) ?? [];
  return Object.fromEntries(names.map((name) => [name, own.get(name)]));
};

const unfolded = (fields: Fields): Fields => {
  const { pinned, held, tool, version, heldBy } = fields;
  const { toolResult, resultAt, resultMissing, ...others } = fields;
  return {
    ...others,
    ...(isOfRun(fields) ? present({ result: toolResult, resultAt, resultMissing }) : {}),
    ...present({
      release: isMap(pinned) ? { ...pinned, tool, version } : undefined,
      hold: isMap(held) ? { ...held, by: heldBy } : undefined,
    }),
  };
};

/** The result with the run that it belongs to. */
const storedSaid = (task: Task): Fields => {
  const { result, resultMissing }: Said = task.phase === 'QUEUED' ? {} : task;
  const isSaid = result !== undefined || resultMissing !== undefined;
  return { toolResult: result, resultRun: isSaid ? task.run : undefined };
};

/** An older Davit does not know results of runs that go on: it may leave one in the row of the next run. */
const isOfRun = ({ resultRun, run }: Fields): boolean =>
  resultRun === undefined || resultRun === run;

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
