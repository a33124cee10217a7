import type * as v from 'valibot';
import { fine, invalidParameter, refused } from './errors.ts';
import { integer, listOf, object, optional, text } from './input.ts';
import { arnOf, clusterArnOf, clusterNameOf, taskArnOf } from './names.ts';
import { operation } from './operation.ts';
import { entryOf, valuesOf } from './shards.ts';
import type { EcsTask, Kept } from './state.ts';
import { drawn, type Turn } from './turn.ts';
import { viewOf } from './views.ts';
import type { EcsClusterView, EcsFailure, EcsTaskView } from './wire.ts';

const describeTasksInput = object({
  cluster: optional(text),
  tasks: optional(listOf(text)),
  include: optional(listOf(text)),
});

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

const describeClustersInput = object({ clusters: optional(listOf(text)) });

/** ECS's most per page and per call (ECS guide, request throttling). */
const mostPerPage = 100;

/** Each task as it was up to the read lag ago; what was not yet there, or is forgotten, is MISSING. */
export const describeTasks = operation(describeTasksInput, (turn, input) => {
  const cluster = clusterArnOf(turn.state, input.cluster);
  if (!cluster.ok) return cluster;
  const { tasks: named = [], include = [] } = input;
  if (named.length === 0) return refused(invalidParameter('Tasks cannot be empty.'));
  if (named.length > mostPerPage) {
    return refused(
      invalidParameter(`Tasks cannot be more than ${mostPerPage}, got ${named.length}.`),
    );
  }
  const tasks: EcsTaskView[] = [];
  const failures: EcsFailure[] = [];
  for (const given of new Set(named)) {
    const arn = taskArnOf(cluster.output, given);
    if (!arn.ok) return arn;
    const task = seen(turn, entryOf(turn.state.tasks, arn.output), lagMs(turn));
    if (task === undefined) failures.push({ arn: arn.output, reason: 'MISSING' });
    else tasks.push(viewOf(task, { tags: include.includes('TAGS') }));
  }
  return fine({ tasks, failures });
});

/** The whole list is of one moment, up to the read lag ago, in the order of the ARNs. */
export const listTasks = operation(listTasksInput, (turn, input) => {
  const cluster = clusterArnOf(turn.state, input.cluster);
  if (!cluster.ok) return cluster;
  const fault = listFault(input);
  if (fault !== undefined) return refused(invalidParameter(fault));
  const { maxResults = mostPerPage, nextToken = '' } = input;
  const arns = firstArns(turn, maxResults + 1, { clusterArn: cluster.output, nextToken, input });
  const page = arns.slice(0, maxResults);
  const last = page.at(-1);
  return fine({
    taskArns: page,
    ...(arns.length > page.length && last !== undefined ? { nextToken: last } : {}),
  });
});

export const describeClusters = operation(describeClustersInput, (turn, input) => {
  const { options } = turn.state;
  const clusters: EcsClusterView[] = [];
  const failures: EcsFailure[] = [];
  for (const given of input.clusters ?? ['default']) {
    const found = clusterArnOf(turn.state, given);
    if (found.ok) clusters.push(clusterViewOf(turn, found.output));
    else {
      const arn = arnOf(options, `cluster/${clusterNameOf(given)}`);
      failures.push({ arn, reason: 'MISSING' });
    }
  }
  return fine({ clusters, failures });
});

/** The view of a task that was true `agoMs` ago, undefined before it was made. */
const seen = (turn: Turn, kept: Kept | undefined, agoMs: number): EcsTask | undefined => {
  if (kept === undefined) return undefined;
  const at = turn.now - agoMs;
  if (agoMs > 0 && at < kept.task.createdAt) return undefined;
  return kept.past.find((view) => view.until > at)?.task ?? kept.task;
};

const lagMs = (turn: Turn): number => drawn(turn, turn.state.options.readLagMs);

type ListInput = v.InferOutput<typeof listTasksInput>;

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
  const { maxResults = mostPerPage, nextToken } = input;
  if (maxResults < 1 || maxResults > mostPerPage)
    return `maxResults must be between 1 and ${mostPerPage}.`;
  return nextToken === undefined || nextToken.startsWith('arn:')
    ? undefined
    : 'nextToken is not one that ListTasks gave.';
};

interface Wanted {
  readonly clusterArn: string;
  readonly nextToken: string;
  readonly input: ListInput;
}

/** Behind every ARN. */
const lastArn = '\uffff';

/** The first so many in order: to sort a hundred thousand for each page of a hundred would take minutes. */
const firstArns = (
  turn: Turn,
  most: number,
  { clusterArn, nextToken, input }: Wanted,
): string[] => {
  const ago = lagMs(turn);
  const first: string[] = [];
  for (const kept of valuesOf(turn.state.tasks)) {
    const { arn } = kept.task;
    if (arn <= nextToken || arn > (first[most - 1] ?? lastArn)) continue;
    const task = seen(turn, kept, ago);
    if (task?.clusterArn === clusterArn && matches(task, input)) insert(first, arn);
    if (first.length > most) first.pop();
  }
  return first;
};

/** Without a desiredStatus the list is of tasks that shall run; none belongs to a service or instance. */
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

const pending: readonly string[] = ['PROVISIONING', 'PENDING', 'ACTIVATING'];

const clusterViewOf = (turn: Turn, clusterArn: string): EcsClusterView => {
  let runningTasksCount = 0;
  let pendingTasksCount = 0;
  for (const { task } of valuesOf(turn.state.tasks)) {
    if (task.clusterArn !== clusterArn) continue;
    if (task.lastStatus === 'RUNNING') runningTasksCount += 1;
    if (pending.includes(task.lastStatus)) pendingTasksCount += 1;
  }
  return {
    clusterArn,
    clusterName: clusterNameOf(clusterArn),
    status: 'ACTIVE',
    registeredContainerInstancesCount: turn.state.hosts.length,
    runningTasksCount,
    pendingTasksCount,
    activeServicesCount: 0,
    capacityProviders: Object.keys(turn.state.availability),
  };
};
