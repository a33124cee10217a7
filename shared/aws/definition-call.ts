import { createHash } from 'node:crypto';
import { fixedCommand } from '../core/command.ts';
import { familyOf } from '../core/family.ts';
import { imageOf } from '../core/image.ts';
import { containerName } from '../core/launch-order.ts';
import { type HostKind, hostKindsOf, type Release, type ToolSpec } from '../core/tool.ts';

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
  const { spec } = release;
  return {
    family: familyOf(site.stage, release, kind),
    requiresCompatibilities: [kind === 'fargate' ? ('FARGATE' as const) : ('EC2' as const)],
    networkMode: 'awsvpc' as const,
    cpu: String(spec.cpu),
    memory: String(spec.memoryMiB),
    executionRoleArn: site.executionRole,
    taskRoleArn: site.taskRole,
    runtimePlatform: {
      cpuArchitecture: spec.architecture === 'arm64' ? ('ARM64' as const) : ('X86_64' as const),
      operatingSystemFamily: 'LINUX' as const,
    },
    ...(kind === 'fargate' && spec.diskGiB !== undefined
      ? { ephemeralStorage: { sizeInGiB: spec.diskGiB } }
      : {}),
    containerDefinitions: [
      {
        name: containerName,
        image: imageOf(site.registry, release),
        essential: true,
        // A program that is PID 1 ignores the signals that it has no handler for, SIGTERM too (ECS API, LinuxParameters).
        linuxParameters: { initProcessEnabled: true },
        ...contentsOf(spec),
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

/** SHA-256, hex, of all that a version's task definitions are registered from: with another one they are registered again. */
export const definitionDigestOf = (
  site: DefinitionSite,
  release: Omit<Release, 'definitions'>,
): string => {
  const inputs = hostKindsOf(release.spec).map((kind) => definitionInputOf(site, release, kind));
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
};

// A command that needs the input stands here as tools.yml has it: every run of Davit's replaces it.
const contentsOf = ({ command, environment = {}, secrets = {} }: ToolSpec) => ({
  ...(command ? { command: [...(fixedCommand(command) ?? command)] } : {}),
  environment: byName(environment).map(([name, value]) => ({ name, value })),
  secrets: byName(secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
});

const byName = (map: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
