import { furthestMs } from '../core/due.ts';
import type { Task } from '../core/task.ts';
import { iso, timeNames } from './stored-time.ts';

/** Names a time of a row that is later after its last write than any time that Davit writes; undefined when there is none. */
export const farTimeIn = (task: Task): string | undefined => {
  const latest = task.updatedAt + furthestMs;
  const far = farIn(task, latest);
  return far && `${far}: expected a time within 31 days after updatedAt (by ${iso(latest)})`;
};

const farIn = (value: object, latest: number): string | undefined => {
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner === 'number' && timeNames.has(name) && inner > latest) return name;
    if (typeof inner !== 'object' || inner === null || inner instanceof Uint8Array) continue;
    const below = farIn(inner, latest);
    if (below !== undefined) return `${name}.${below}`;
  }
  return undefined;
};
