import type * as v from 'valibot';
import { present } from '../present.ts';
import { valuesOf } from '../shards.ts';
import { fine, invalidParameter, refused } from './errors.ts';
import { integer, object, optional, text } from './input.ts';
import { clusterArnOf } from './names.ts';
import { operation } from './operation.ts';
import { maxPerPage } from './page.ts';
import { readLagMs, taskAsRead } from './read-lag.ts';
import type { EcsTask } from './task.ts';
import type { Turn } from './turn.ts';

const listTasksInput = object({
  cluster: optional(text),
  containerInstance: optional(text),
  family: optional(text),
  nextToken: optional(text),
  maxResults: optional(integer),
  startedBy: optional(text),
  serviceName: optional(text),
  desiredStatus: optional(text),
  launchType: optional(text),
});

type ListInput = v.InferOutput<typeof listTasksInput>;

/** The ARNs of tasks, sorted. The whole list shows one moment, up to the read lag ago. */
export const listTasks = operation(listTasksInput, (turn, input) => {
  const cluster = clusterArnOf(turn.state, input.cluster);
  if (!cluster.ok) return cluster;
  const fault = listFault(input);
  if (fault !== undefined) return refused(invalidParameter(fault));
  const { maxResults = maxPerPage, nextToken = '' } = input;
  const arns = firstArns(turn, maxResults + 1, { clusterArn: cluster.output, nextToken, input });
  const page = arns.slice(0, maxResults);
  const isLast = arns.length === page.length;
  return fine({ taskArns: page, ...present({ nextToken: isLast ? undefined : page.at(-1) }) });
});

/** AWS: "When you specify startedBy as the filter, it must be the only filter that you use." */
const listFault = (input: ListInput): string | undefined => {
  const { family, containerInstance, serviceName, launchType, desiredStatus } = input;
  const others = [family, containerInstance, serviceName, launchType, desiredStatus];
  if (input.startedBy !== undefined && others.some((each) => each !== undefined)) {
    return 'When startedBy is given it must be the only filter.';
  }
  if (!['RUNNING', 'PENDING', 'STOPPED', undefined].includes(input.desiredStatus)) {
    return `desiredStatus must be RUNNING, PENDING or STOPPED, not ${input.desiredStatus}.`;
  }
  const { maxResults = maxPerPage, nextToken } = input;
  if (maxResults < 1 || maxResults > maxPerPage)
    return `maxResults must be between 1 and ${maxPerPage}.`;
  return nextToken === undefined || nextToken.startsWith('arn:')
    ? undefined
    : 'nextToken must be a token from an answer of ListTasks.';
};

interface Wanted {
  readonly clusterArn: string;
  readonly nextToken: string;
  readonly input: ListInput;
}

/** Sorts after every ARN. */
const afterAllArns = '\uffff';

/** The first `most` ARNs in order: sorting 100,000 tasks for each page of 100 would take minutes. */
const firstArns = (
  turn: Turn,
  most: number,
  { clusterArn, nextToken, input }: Wanted,
): string[] => {
  const lagMs = readLagMs(turn);
  const first: string[] = [];
  for (const kept of valuesOf(turn.state.tasks)) {
    const { arn } = kept.task;
    if (arn <= nextToken || arn > (first[most - 1] ?? afterAllArns)) continue;
    const task = taskAsRead(turn, kept, lagMs);
    if (task?.clusterArn === clusterArn && matches(task, input)) insert(first, arn);
    if (first.length > most) first.pop();
  }
  return first;
};

/** The default desiredStatus is RUNNING. No task belongs to a service or a container instance. */
const matches = (task: EcsTask, input: ListInput): boolean =>
  task.desiredStatus === (input.desiredStatus ?? 'RUNNING') &&
  (input.startedBy === undefined || task.startedBy === input.startedBy) &&
  (input.family === undefined || task.family === input.family) &&
  (input.launchType === undefined || input.launchType === 'FARGATE') &&
  input.serviceName === undefined &&
  input.containerInstance === undefined;

const insert = (sorted: string[], arn: string): void => {
  const at = sorted.findIndex((other) => other > arn);
  sorted.splice(at === -1 ? sorted.length : at, 0, arn);
};
