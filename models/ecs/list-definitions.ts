import { compareNames } from './compare-names.ts';
import type { EcsTaskDefinition } from './definition.ts';
import { fine } from './errors.ts';
import { integer, object, optional, text } from './input.ts';
import { operation } from './operation.ts';
import { pageOf } from './page.ts';

const definitionsInput = object({
  familyPrefix: optional(text),
  status: optional(text),
  sort: optional(text),
  nextToken: optional(text),
  maxResults: optional(integer),
});

/**
 * The ARNs of revisions, sorted by family and revision number. `familyPrefix` is the full name of a
 * family (ECS API, ListTaskDefinitions).
 */
export const listTaskDefinitions = operation(definitionsInput, (turn, input) => {
  const { familyPrefix, status = 'ACTIVE', sort = 'ASC' } = input;
  const found = Object.entries(turn.state.definitions)
    .filter(([family]) => familyPrefix === undefined || family === familyPrefix)
    .sort(([a], [b]) => compareNames(a, b))
    .flatMap(([, revisions]) => revisions)
    .filter((each) => each.status === status)
    .map((each) => each.taskDefinitionArn);
  const page = pageOf(sort === 'DESC' ? found.toReversed() : found, input);
  if (!page.ok) return page;
  const { items, nextToken } = page.output;
  return fine({ taskDefinitionArns: items, ...nextToken });
});

const familiesInput = object({
  familyPrefix: optional(text),
  status: optional(text),
  nextToken: optional(text),
  maxResults: optional(integer),
});

/**
 * The names of the families whose names begin with `familyPrefix`. A family is INACTIVE when none of
 * its revisions is active. Without a status, the list has all families.
 */
export const listTaskDefinitionFamilies = operation(familiesInput, (turn, input) => {
  const { familyPrefix = '', status = 'ALL' } = input;
  const found = Object.entries(turn.state.definitions)
    .filter(([family]) => family.startsWith(familyPrefix))
    .filter(([, revisions]) => status === 'ALL' || statusOf(revisions) === status)
    .map(([family]) => family)
    .sort(compareNames);
  const page = pageOf(found, input);
  if (!page.ok) return page;
  const { items, nextToken } = page.output;
  return fine({ families: items, ...nextToken });
});

const statusOf = (revisions: readonly EcsTaskDefinition[]): 'ACTIVE' | 'INACTIVE' =>
  revisions.some((each) => each.status === 'ACTIVE') ? 'ACTIVE' : 'INACTIVE';
