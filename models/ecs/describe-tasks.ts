import { entryOf } from '../shards.ts';
import { fine, invalidParameter, refused } from './errors.ts';
import { listOf, object, optional, text } from './input.ts';
import { clusterArnOf, taskArnOf } from './names.ts';
import { operation } from './operation.ts';
import type { EcsFailure } from './output.ts';
import { maxPerPage } from './page.ts';
import { readLagMs, taskAsRead } from './read-lag.ts';
import type { EcsTaskView } from './task-view.ts';
import { viewOf } from './views.ts';

const describeTasksInput = object({
  cluster: optional(text),
  tasks: optional(listOf(text)),
  include: optional(listOf(text)),
});

/**
 * Each task as it was up to the read lag ago. A task that did not exist then, or that ECS has
 * forgotten, is MISSING.
 */
export const describeTasks = operation(describeTasksInput, (turn, input) => {
  const cluster = clusterArnOf(turn.state, input.cluster);
  if (!cluster.ok) return cluster;
  const { tasks: named = [], include = [] } = input;
  if (named.length === 0) return refused(invalidParameter('Tasks cannot be empty.'));
  if (named.length > maxPerPage) {
    return refused(
      invalidParameter(`Tasks cannot be more than ${maxPerPage}, got ${named.length}.`),
    );
  }
  const tasks: EcsTaskView[] = [];
  const failures: EcsFailure[] = [];
  for (const given of new Set(named)) {
    const arn = taskArnOf(cluster.output, given);
    if (!arn.ok) return arn;
    const task = taskAsRead(turn, entryOf(turn.state.tasks, arn.output), readLagMs(turn));
    if (task === undefined) failures.push({ arn: arn.output, reason: 'MISSING' });
    else tasks.push(viewOf(task, { tags: include.includes('TAGS') }));
  }
  return fine({ tasks, failures });
});
