import { fine, invalidParameter, refused } from './errors.ts';
import { object, optional, text } from './input.ts';
import { stop } from './lifecycle.ts';
import { clusterArnOf, taskArnOf } from './names.ts';
import { operation } from './operation.ts';
import { taskOf } from './state.ts';
import { viewOf } from './views.ts';

const stopTaskInput = object({
  cluster: optional(text),
  task: optional(text),
  reason: optional(text),
});

/** Requests SIGTERM, then SIGKILL after the container's stopTimeout. A stopped task does not change. */
export const stopTask = operation(stopTaskInput, (turn, input) => {
  const cluster = clusterArnOf(turn.state, input.cluster);
  if (!cluster.ok) return cluster;
  const { task: given = '', reason = 'Task stopped by user' } = input;
  if (given === '') return refused(invalidParameter('Task can not be null or empty.'));
  if (reason.length > 1024) {
    return refused(invalidParameter('reason must be at most 1024 characters.'));
  }
  const arn = taskArnOf(cluster.output, given);
  if (!arn.ok) return arn;
  const task = taskOf(turn.state, arn.output);
  if (task === undefined) {
    return refused(invalidParameter('The referenced task was not found.'));
  }
  const next = stop(turn, task, { stopCode: 'UserInitiated', stoppedReason: reason });
  return fine({ task: viewOf(next, { tags: true }) });
});
