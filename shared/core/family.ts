import { type HostKind, hostKinds, type Release } from './tool.ts';

/** The prefix of the names of a stage's task definition families. */
export const familiesOf = (stage: string): string => `davit_${stage}_`;

/** The family that a version of a tool is registered in. */
// The names of tools, versions and stages have no `_`, so two versions never share a family.
export const familyOf = (
  stage: string,
  { tool, version }: Pick<Release, 'tool' | 'version'>,
  kind: HostKind,
): string => `${familiesOf(stage)}${tool}_${version.replaceAll('.', '_')}_${kind}`;

/** The family of a task definition's revision ARN. */
export const familyIn = (taskDefinition: string): string =>
  taskDefinition.split('/').at(-1)?.split(':')[0] ?? '';

// The account and the region are checked by IAM: the functions' right to launch names both.
const revision = /^arn:[a-z-]+:ecs:[a-z0-9-]+:\d{12}:task-definition\/[A-Za-z0-9_-]+:\d+$/;

interface Named {
  readonly stage: string;
  readonly tool: string;
  readonly version: string;
}

/** Whether a task definition is a revision of the family of a stage, tool, version and host kind. */
export const isOwnDefinition = (
  taskDefinition: string,
  { stage, ...named }: Named,
  kind: HostKind,
): boolean =>
  revision.test(taskDefinition) && familyIn(taskDefinition) === familyOf(stage, named, kind);

/**
 * Why a release of `tool` must not be launched: its record names a task definition that was not registered for it. Undefined
 * when all its task definitions are its own. Without this check, who can write the record could launch any definition.
 */
export const foreignDefinition = (
  { stage, tool }: Pick<Named, 'stage' | 'tool'>,
  { version, definitions }: Pick<Release, 'version' | 'definitions'>,
): string | undefined => {
  const named = { stage, tool, version };
  const foreign = hostKinds.find((kind) => {
    const definition = definitions[kind];
    return definition !== undefined && !isOwnDefinition(definition, named, kind);
  });
  if (foreign === undefined) return undefined;
  const expected = familyOf(stage, named, foreign);
  const came = (definitions[foreign] ?? '').slice(0, 200);
  return `the task definition of ${tool} ${version} must be a revision of ${expected}, but its record names ${JSON.stringify(came)}`;
};
