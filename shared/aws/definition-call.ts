import { createHash } from 'node:crypto';
import { containerName } from '../core/launch.ts';
import { type HostKind, hostKindsOf, type Release } from '../core/tool.ts';

/** Where versions are registered, and what their containers may do: the same for all tools of a deployment. */
export interface DefinitionSite {
  readonly stage: string;
  readonly region: string;
  /** Prefix of image repositories: `<registry>/<tool image>:<version>`. */
  readonly registry: string;
  readonly logGroup: string;
  readonly executionRole: string;
  readonly taskRole: string;
}

/** What the names of a stage's task definition families begin with. */
export const familiesOf = (stage: string): string => `davit_${stage}_`;

/**
 * A blocking driver stops a tool at its next line for as long as CloudWatch Logs cannot be reached, until its timeout ends the run.
 * A buffer drops lines when it is full, and ECS's default one is small (facts § 11): 25m is what AWS recommends after its tests of
 * this driver (AWS containers blog, "Preventing log loss with non-blocking mode"). It is memory of the run: 5 % of the smallest.
 */
const logBuffer = { mode: 'non-blocking', 'max-buffer-size': '25m' } as const;

/** The input of RegisterTaskDefinition for a version on a host kind. */
export const definitionInputOf = (
  site: DefinitionSite,
  release: Omit<Release, 'definitions'>,
  kind: HostKind,
) => {
  const { spec, version } = release;
  return {
    family: familyOf(site.stage, release, kind),
    requiresCompatibilities: [kind === 'fargate' ? ('FARGATE' as const) : ('EC2' as const)],
    networkMode: 'awsvpc' as const,
    cpu: String(spec.cpu),
    memory: String(spec.memoryMiB),
    executionRoleArn: site.executionRole,
    taskRoleArn: site.taskRole,
    containerDefinitions: [
      {
        name: containerName,
        image: `${site.registry}/${spec.image}:${version}`,
        essential: true,
        stopTimeout: spec.stopTimeoutS,
        logConfiguration: {
          logDriver: 'awslogs' as const,
          options: {
            'awslogs-group': site.logGroup,
            'awslogs-region': site.region,
            'awslogs-stream-prefix': containerName,
            ...logBuffer,
          },
        },
      },
    ],
  };
};

/** SHA-256, hex, of all that a version's task definitions are registered from: with another one they are registered anew. */
export const definitionDigestOf = (
  site: DefinitionSite,
  release: Omit<Release, 'definitions'>,
): string => {
  const inputs = hostKindsOf(release.spec).map((kind) => definitionInputOf(site, release, kind));
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
};

// `_` is in no name of tools, versions and stages, so no family is another version's.
const familyOf = (
  stage: string,
  { tool, version }: Pick<Release, 'tool' | 'version'>,
  kind: HostKind,
): string => `${familiesOf(stage)}${tool}_${version.replaceAll('.', '_')}_${kind}`;
