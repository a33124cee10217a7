import * as v from 'valibot';
import type { Task } from '../core/task.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { rowSchema, rowVersion } from './row-schema.ts';
import { firstIssue, storedFields } from './stored-time.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A task as a flat row: times in words, the release as `version` and `pinned`, the hold as `heldBy` and `held`,
 * the result as `toolResult` (`release`, `hold` and `result` are reserved words of DynamoDB).
 */
export const fieldsOf = (task: Task): Record<string, unknown> => {
  const { release, hold, result, ...plain } = {
    release: undefined,
    hold: undefined,
    result: undefined,
    ...task,
  };
  const { by, ...held } = hold ?? {};
  return storedFields({
    ...plain,
    rowVersion,
    version: release?.version,
    pinned: release && {
      definitions: release.definitions,
      imageDigest: release.imageDigest,
      spec: release.spec,
    },
    heldBy: by,
    held: hold && held,
    toolResult: result,
  });
};

/** A row read back; what it holds beyond a task's own fields is left out. Throws UnreadableRow when it is no row of this version. */
export const taskOf = (fields: Fields): Task => {
  const parsed = v.safeParse(taskSchema, unfolded(fields));
  if (parsed.success) return parsed.output;
  throw new UnreadableRow(
    `Row ${String(fields.taskId)} cannot be read: ${firstIssue(parsed.issues)}. Was it edited by hand, or written by a newer Davit?`,
  );
};

const unfolded = (fields: Fields): Fields => {
  const { pinned, held, toolResult, tool, version, heldBy } = fields;
  return {
    ...fields,
    ...(isMap(pinned) ? { release: { ...pinned, tool, version } } : {}),
    ...(isMap(held) ? { hold: { ...held, by: heldBy } } : {}),
    ...(toolResult === undefined ? {} : { result: toolResult }),
  };
};

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const taskSchema = v.pipe(
  rowSchema,
  v.transform(({ rowVersion: _version, ...task }): Task => task),
);
