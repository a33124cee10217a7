import fc from 'fast-check';
import { expect, it } from 'vitest';
import { endpointOf, holdOf, orderOf, releaseOf } from '../../shared/core/parts.ts';
import type { Task } from '../../shared/core/task.ts';
import { anyTask } from '../kit/arbitrary-task.ts';

/** What a row has of the parts that facts bring, each with its copy. */
const partsOf = (task: Task): readonly (readonly [part: unknown, copy: unknown])[] => [
  ...(task.release ? [[task.release, releaseOf(task.release)] as const] : []),
  ...(task.phase === 'LAUNCHING' ? [[task.launchOrder, orderOf(task.launchOrder)] as const] : []),
  ...('hold' in task && task.hold ? [[task.hold, holdOf(task.hold)] as const] : []),
  ...('endpoint' in task && task.endpoint
    ? [[task.endpoint, endpointOf(task.endpoint)] as const]
    : []),
];

it('copies a part with every field that it has', () => {
  fc.assert(
    fc.property(anyTask, (task) => {
      for (const [part, copy] of partsOf(task)) expect(copy).toEqual(part);
    }),
    { numRuns: 500 },
  );
});
