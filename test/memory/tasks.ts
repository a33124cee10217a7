import {
  put as putItem,
  update as updateItem,
  type Written,
} from '../../models/dynamodb/update.ts';
import { isOfMessage } from '../../shared/aws/is-of-message.ts';
import { attributeNames } from '../../shared/aws/row.ts';
import { changeOf, creationOf, type Item, taskIn } from '../../shared/aws/task-item.ts';
import type { DueKind } from '../../shared/core/due.ts';
import type { Task } from '../../shared/core/task.ts';
import { RefusedWrite } from '../../shared/core/unreadable.ts';
import type { InPhase, Saved, Tasks } from '../../shared/ports.ts';
import { tableSchema } from '../kit/table.ts';

/** The task table as a map that a test can read and change. */
export interface MemoryTasks extends Tasks {
  readonly rows: () => readonly Task[];
  /** Puts a row into the table. */
  readonly put: (task: Task) => void;
  /** The next write of this row is refused with this message of DynamoDB. */
  readonly refuse: (taskId: string, why: string) => void;
  /** Removes the row, as if it had expired. */
  readonly remove: (taskId: string) => void;
  /** Makes a row one that this version cannot read. */
  readonly spoil: (taskId: string) => void;
  /** An item as the table has it, readable or not. */
  readonly item: (taskId: string) => Item | undefined;
  /** Writes an item by hand, without the rules of Davit. */
  readonly edit: (taskId: string, item: Item) => void;
}

const table = 'memory';
const schema = tableSchema();
const declared: ReadonlySet<string> = new Set(attributeNames);

/**
 * An empty table. It gets the same calls as the real adapter would send, keeps the same items, and refuses what DynamoDB
 * refuses. It also refuses an attribute that is not declared: a fault of Davit that DynamoDB would not notice.
 */
export const memoryTasks = (): MemoryTasks => {
  const items = new Map<string, Item>();
  const refusals = new Map<string, string>();
  let writes = 0;

  const write = () => ({ table, writeId: `m-${++writes}` });
  const taskAt = (taskId: string): Task | undefined => {
    const item = items.get(taskId);
    return item && taskIn(item).task;
  };

  const kept = (taskId: string, written: Written<Item[string]>): Saved => {
    const why = 'refused' in written ? written.refused : refusals.get(taskId);
    refusals.delete(taskId);
    if (why !== undefined && !isOfMessage(why)) throw new RefusedWrite(`Row ${taskId}: ${why}`);
    if (why !== undefined || 'refused' in written) return { kind: 'invalid', why: why ?? '' };
    const strange = Object.keys(written.item).filter((name) => !declared.has(name));
    if (strange.length > 0)
      throw new Error(`Row ${taskId} has attributes that no list declares: ${strange.join(', ')}`);
    items.set(taskId, written.item);
    return { kind: 'saved' };
  };

  const lost = (taskId: string): Saved => ({ kind: 'lost', winner: taskAt(taskId) });

  const create = (task: Task): Saved => {
    const { Item: item = {} } = creationOf(task, write());
    const written = putItem(item, schema);
    return items.has(task.taskId) && !('refused' in written)
      ? lost(task.taskId)
      : kept(task.taskId, written);
  };

  const save = (next: Task, was: Task): Saved => {
    const { UpdateExpression: expression = '', ExpressionAttributeValues: values = {} } = changeOf(
      { next, was },
      write(),
    );
    const item = items.get(was.taskId);
    const isOurs = item?.revision?.N === values[':revisionRead']?.N;
    return item && isOurs
      ? kept(was.taskId, updateItem(item, { expression, values }, schema))
      : lost(was.taskId);
  };

  const all = (): readonly Item[] => [...items.values()];

  return {
    rows: () => all().map((item) => taskIn(item).task),
    put: (task) => void items.set(task.taskId, creationOf(task, write()).Item ?? {}),
    refuse: (taskId, why) => void refusals.set(taskId, why),
    remove: (taskId) => void items.delete(taskId),
    spoil: (taskId) => {
      const item = items.get(taskId);
      if (!item) throw new Error(`there is no row ${taskId}`);
      items.set(taskId, { ...item, createdAt: { S: 'yesterday' } });
    },
    item: (taskId) => items.get(taskId),
    edit: (taskId, item) => void items.set(taskId, item),
    read: async (taskId) => taskAt(taskId),
    create: async (task) => create(task),
    save: async (next, was) => save(next, was),
    due: async (kind, by, limit) => {
      const last = new Date(by).toISOString();
      return all()
        .map((item) => ({ item, at: dueTime(item, kind) }))
        .filter(({ at }) => at !== undefined && at <= last)
        .sort((a, b) => compare(a.at, b.at))
        .slice(0, limit)
        .flatMap(({ item }) => item.taskId?.S ?? []);
    },
    inPhase: async (phase, { after = '', limit }) => {
      const found = all()
        .filter((item) => item.phase?.S === phase && placeOf(item) > after)
        .sort((a, b) => compare(placeOf(a), placeOf(b)))
        .slice(0, limit);
      const last = found.length < limit ? undefined : found.at(-1);
      return { rows: found.map(inPhaseOf), ...(last ? { next: placeOf(last) } : {}) };
    },
  };
};

/** The time at which a row is due for this kind, from the index that has a partition for the kind. */
const dueTime = ({ dueIn, dueAt, outboxIn, outboxAt }: Item, kind: DueKind): string | undefined => {
  if (dueIn?.S?.startsWith(`${kind}-`)) return dueAt?.S;
  return outboxIn?.S?.startsWith(`${kind}-`) ? outboxAt?.S : undefined;
};

const compare = (a = '', b = ''): number => (a < b ? -1 : Number(a > b));

const placeOf = ({ updatedAt, taskId }: Item): string => `${updatedAt?.S} ${taskId?.S}`;

const inPhaseOf = ({ taskId, run, ecsTaskArn, missingSince }: Item): InPhase => ({
  taskId: taskId?.S ?? '',
  run: Number(run?.N),
  ...(ecsTaskArn?.S === undefined ? {} : { ecsTaskArn: ecsTaskArn.S }),
  ...(missingSince === undefined ? {} : { isMissed: true }),
});
