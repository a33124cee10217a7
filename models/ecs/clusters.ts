import { valuesOf } from '../shards.ts';
import { compareNames } from './compare-names.ts';
import { fine } from './errors.ts';
import { integer, listOf, object, optional, text } from './input.ts';
import { arnOf, clusterArnOf, clusterNameOf } from './names.ts';
import { operation } from './operation.ts';
import type { EcsClusterView, EcsFailure } from './output.ts';
import { pageOf } from './page.ts';
import type { Turn } from './turn.ts';

const describeClustersInput = object({ clusters: optional(listOf(text)) });

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

const listClustersInput = object({ nextToken: optional(text), maxResults: optional(integer) });

export const listClusters = operation(listClustersInput, (turn, input) => {
  const { options } = turn.state;
  const arns = options.clusters.map((name) => arnOf(options, `cluster/${name}`)).sort(compareNames);
  const page = pageOf(arns, input);
  if (!page.ok) return page;
  const { items, nextToken } = page.output;
  return fine({ clusterArns: items, ...nextToken });
});

const inClusterInput = object({
  cluster: optional(text),
  nextToken: optional(text),
  maxResults: optional(integer),
});

/** Always empty: the model has no services, and every task comes from RunTask. */
export const listServices = operation(inClusterInput, (turn, input) => {
  const cluster = clusterArnOf(turn.state, input.cluster);
  return cluster.ok ? fine({ serviceArns: [] }) : cluster;
});

/** The machines of host-backed capacity providers; ECS does not list those of Fargate. */
export const listContainerInstances = operation(inClusterInput, (turn, input) => {
  const cluster = clusterArnOf(turn.state, input.cluster);
  return cluster.ok
    ? fine({ containerInstanceArns: turn.state.hosts.map(({ arn }) => arn).sort(compareNames) })
    : cluster;
});

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
