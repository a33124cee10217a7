import type { SeenCall } from '../../local/stack.ts';
import { bytesOfMap } from '../../models/dynamodb/limits.ts';
import { isObject } from '../../shared/core/object.ts';
import type { ItemWrite } from './write-units.ts';

/** The UpdateItem calls for one item, as the endpoint sees them. */
export interface SeenWrites {
  readonly onCall: (call: SeenCall) => undefined;
  readonly writes: readonly ItemWrite[];
}

/** Watches the item with this key. Each of its updates must write the whole item, as those of a limit do. */
export const seenWrites = (taskId: string): SeenWrites => {
  const writes: ItemWrite[] = [];
  const saved = new Set<number>();
  let before = 0;
  return {
    writes,
    onCall: ({ service, action, phase, input }) => {
      if (service !== 'dynamodb' || action !== 'UpdateItem' || phase !== 'before') return undefined;
      const item = writtenBy(input);
      if (!isObject(item.taskId) || item.taskId.S !== taskId) return undefined;
      const now = bytesOfMap(item);
      const revision = isObject(item.revision) ? Number(item.revision.N) : 0;
      // Of several writes with the same revision one wins.
      writes.push({ at: Date.now(), bytes: Math.max(before, now), isLost: saved.has(revision) });
      saved.add(revision);
      before = now;
      return undefined;
    },
  };
};

/** The key and what the update sets, `SET name = :name, …`. */
const writtenBy = (input: SeenCall['input']): Readonly<Record<string, unknown>> => {
  const key = isObject(input.Key) ? input.Key : {};
  const values = isObject(input.ExpressionAttributeValues) ? input.ExpressionAttributeValues : {};
  const sets = String(input.UpdateExpression).matchAll(/(\w+) = (:\w+)/g);
  return {
    ...key,
    ...Object.fromEntries([...sets].map(([, name, at = '']) => [name, values[at]])),
  };
};
