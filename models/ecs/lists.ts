import { compared } from './compared.ts';
import { fine, invalidParameter, type Outcome, refused } from './errors.ts';
import { integer, object, optional, text } from './input.ts';
import { arnOf, clusterArnOf } from './names.ts';
import { operation } from './operation.ts';
import type { EcsTaskDefinition } from './wire.ts';

const definitionsInput = object({
  familyPrefix: optional(text),
  status: optional(text),
  sort: optional(text),
  nextToken: optional(text),
  maxResults: optional(integer),
});

const familiesInput = object({
  familyPrefix: optional(text),
  status: optional(text),
  nextToken: optional(text),
  maxResults: optional(integer),
});

const clustersInput = object({ nextToken: optional(text), maxResults: optional(integer) });

const inClusterInput = object({
  cluster: optional(text),
  nextToken: optional(text),
  maxResults: optional(integer),
});

/** ARNs of revisions, by family and number; `familyPrefix` is the whole name of a family (ECS API, ListTaskDefinitions). */
export const listTaskDefinitions = operation(definitionsInput, (turn, input) => {
  const { familyPrefix, status = 'ACTIVE', sort = 'ASC' } = input;
  const found = Object.entries(turn.state.definitions)
    .filter(([family]) => familyPrefix === undefined || family === familyPrefix)
    .sort(([a], [b]) => compared(a, b))
    .flatMap(([, revisions]) => revisions)
    .filter((each) => each.status === status)
    .map((each) => each.taskDefinitionArn);
  const page = pageOf(sort === 'DESC' ? found.toReversed() : found, input);
  if (!page.ok) return page;
  const { items, nextToken } = page.output;
  return fine({ taskDefinitionArns: items, ...nextToken });
});

/** Names of families that begin so; INACTIVE ones have no active revision, and without a status all are listed. */
export const listTaskDefinitionFamilies = operation(familiesInput, (turn, input) => {
  const { familyPrefix = '', status = 'ALL' } = input;
  const found = Object.entries(turn.state.definitions)
    .filter(([family]) => family.startsWith(familyPrefix))
    .filter(([, revisions]) => status === 'ALL' || statusOf(revisions) === status)
    .map(([family]) => family)
    .sort(compared);
  const page = pageOf(found, input);
  if (!page.ok) return page;
  const { items, nextToken } = page.output;
  return fine({ families: items, ...nextToken });
});

export const listClusters = operation(clustersInput, (turn, input) => {
  const { options } = turn.state;
  const arns = options.clusters.map((name) => arnOf(options, `cluster/${name}`)).sort(compared);
  const page = pageOf(arns, input);
  if (!page.ok) return page;
  const { items, nextToken } = page.output;
  return fine({ clusterArns: items, ...nextToken });
});

/** There are no services here: every task is of RunTask. */
export const listServices = operation(inClusterInput, (turn, input) => {
  const cluster = clusterArnOf(turn.state, input.cluster);
  return cluster.ok ? fine({ serviceArns: [] }) : cluster;
});

/** Machines of host-backed capacity providers; those of Fargate cannot be seen. */
export const listContainerInstances = operation(inClusterInput, (turn, input) => {
  const cluster = clusterArnOf(turn.state, input.cluster);
  return cluster.ok
    ? fine({ containerInstanceArns: turn.state.hosts.map(({ arn }) => arn).sort(compared) })
    : cluster;
});

interface Paging {
  readonly nextToken?: string;
  readonly maxResults?: number;
}

interface Page {
  readonly items: readonly string[];
  /** To be spread into the answer: nothing on the last page. */
  readonly nextToken: { readonly nextToken?: string };
}

/** ECS's most per page, and what it gives unasked (ECS API reference). */
const mostPerPage = 100;

/** The token is the last item of the page before. */
const pageOf = (all: readonly string[], input: Paging): Outcome<Page> => {
  const { maxResults = mostPerPage, nextToken } = input;
  if (maxResults < 1 || maxResults > mostPerPage) {
    return refused(invalidParameter(`maxResults must be between 1 and ${mostPerPage}.`));
  }
  const before = nextToken === undefined ? -1 : all.indexOf(nextToken);
  if (nextToken !== undefined && before < 0) {
    return refused(invalidParameter('nextToken is not one that this list gave.'));
  }
  const items = all.slice(before + 1, before + 1 + maxResults);
  const last = items.at(-1);
  const isLast = before + 1 + items.length >= all.length;
  return fine({ items, nextToken: isLast || last === undefined ? {} : { nextToken: last } });
};

const statusOf = (revisions: readonly EcsTaskDefinition[]): 'ACTIVE' | 'INACTIVE' =>
  revisions.some((each) => each.status === 'ACTIVE') ? 'ACTIVE' : 'INACTIVE';
