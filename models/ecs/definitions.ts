import { ownOf } from '../own.ts';
import type { EcsTaskDefinition } from './definition.ts';
import { registerFault } from './definition-fault.ts';
import { isFargate, type RegisterInput, registerInput } from './definition-input.ts';
import { clientError, fine, refused } from './errors.ts';
import { object, optional, text } from './input.ts';
import { arnOf, definitionOf } from './names.ts';
import { operation } from './operation.ts';
import type { EcsState } from './state.ts';
import type { Turn } from './turn.ts';

const namedInput = object({ taskDefinition: optional(text) });

/** Each call creates a new revision, even without a change; each family counts its revisions from 1. */
export const registerTaskDefinition = operation(registerInput, (turn, input) => {
  const fault = registerFault(input);
  if (fault !== undefined) return refused(fault);
  const family = input.family ?? '';
  const before = ownOf(turn.state.definitions, family) ?? [];
  const taskDefinition = definitionFrom(turn, input, before.length + 1);
  turn.state = withFamily(turn.state, family, [...before, taskDefinition]);
  return fine({ taskDefinition, tags: tagsOf(input) });
});

export const describeTaskDefinition = operation(namedInput, (turn, input) => {
  const taskDefinition = definitionOf(turn.state, input.taskDefinition ?? '');
  return taskDefinition === undefined
    ? refused(clientError('Unable to describe task definition.'))
    : fine({ taskDefinition });
});

/** Running tasks of the revision continue; no new task can start from it. */
export const deregisterTaskDefinition = operation(namedInput, (turn, input) => {
  const given = input.taskDefinition ?? '';
  if (!/:\d+$/.test(given)) return refused(clientError('Revision is missing.'));
  const found = definitionOf(turn.state, given);
  if (found === undefined) {
    return refused(clientError('The specified task definition does not exist.'));
  }
  const taskDefinition: EcsTaskDefinition = {
    ...found,
    status: 'INACTIVE',
    deregisteredAt: turn.now / 1000,
  };
  const family = ownOf(turn.state.definitions, found.family) ?? [];
  turn.state = withFamily(
    turn.state,
    found.family,
    family.map((each) => (each.revision === found.revision ? taskDefinition : each)),
  );
  return fine({ taskDefinition });
});

const definitionFrom = (turn: Turn, input: RegisterInput, revision: number): EcsTaskDefinition => {
  const { tags: _elsewhere, family: _set, ...rest } = input;
  const family = input.family ?? '';
  return {
    ...rest,
    taskDefinitionArn: arnOf(turn.state.options, `task-definition/${family}:${revision}`),
    family,
    revision,
    status: 'ACTIVE',
    containerDefinitions: (input.containerDefinitions ?? []).map((each) => ({
      environment: [],
      ...each,
      cpu: each.cpu ?? 0,
      essential: each.essential ?? true,
    })),
    compatibilities: isFargate(input) ? ['EC2', 'FARGATE'] : ['EC2'],
    networkMode: input.networkMode ?? 'bridge',
    registeredAt: turn.now / 1000,
  };
};

const withFamily = (
  state: EcsState,
  family: string,
  revisions: readonly EcsTaskDefinition[],
): EcsState => ({ ...state, definitions: { ...state.definitions, [family]: revisions } });

const tagsOf = (input: RegisterInput) =>
  (input.tags ?? []).map(({ key, value }) => ({ key, value: value ?? '' }));
