import { ownOf } from '../own.ts';
import type { EcsTaskDefinition } from './definition.ts';
import {
  clientError,
  clusterNotFound,
  fine,
  invalidParameter,
  type Outcome,
  refused,
} from './errors.ts';
import type { EcsOptions } from './options.ts';
import type { EcsState } from './state.ts';

export const arnOf = (options: EcsOptions, rest: string): string =>
  `arn:aws:ecs:${options.region}:${options.account}:${rest}`;

export const clusterNameOf = (clusterArn: string): string =>
  clusterArn.slice(clusterArn.lastIndexOf('/') + 1);

/** The ARN of a cluster that is given by name or ARN; without one it is the cluster `default`. */
export const clusterArnOf = (state: EcsState, given: string | undefined): Outcome<string> => {
  const name = clusterNameOf(given ?? 'default');
  return state.options.clusters.includes(name)
    ? fine(arnOf(state.options, `cluster/${name}`))
    : refused(clusterNotFound());
};

/**
 * The full ARN of a task that is given by id or ARN. The ARN of a task in another cluster is an error,
 * not an unknown task, as at AWS.
 */
export const taskArnOf = (clusterArn: string, given: string): Outcome<string> => {
  const cluster = clusterNameOf(clusterArn);
  const base = clusterArn.replace(/:cluster\/.*$/, ':task');
  if (!given.startsWith('arn:')) return fine(`${base}/${cluster}/${given}`);
  const parts = given.split('/');
  if (parts.length === 3 && parts[1] !== cluster) {
    return refused(
      invalidParameter(
        `Invalid identifier: Identifier is for cluster ${parts[1]}. Your cluster is ${cluster}`,
      ),
    );
  }
  return fine(given);
};

/**
 * The definition with this name: `family`, `family:revision` or an ARN. Without a revision it is the
 * latest ACTIVE one (ECS API, RunTask). Undefined when there is none.
 */
export const definitionOf = (state: EcsState, given: string): EcsTaskDefinition | undefined => {
  const name = given.startsWith('arn:') ? given.slice(given.indexOf('/') + 1) : given;
  const [family = '', revision] = name.split(':');
  const all = ownOf(state.definitions, family) ?? [];
  return revision === undefined
    ? all.findLast((each) => each.status === 'ACTIVE')
    : all.find((each) => String(each.revision) === revision);
};

/** As `definitionOf`, but an INACTIVE definition is refused. */
export const activeDefinitionOf = (state: EcsState, given: string): Outcome<EcsTaskDefinition> => {
  const found = definitionOf(state, given);
  if (found === undefined) return refused(clientError('TaskDefinition not found.'));
  if (found.status !== 'ACTIVE') return refused(clientError('TaskDefinition is inactive'));
  return fine(found);
};
