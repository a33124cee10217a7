import { fixedCommand } from '../core/command.ts';
import { familyOf } from '../core/family.ts';
import { imageOf } from '../core/image.ts';
import { containerName } from '../core/launch-order.ts';
import { present } from '../core/present.ts';
import {
  type HostKind,
  hostKindsOf,
  type ToolSpec,
  type UnregisteredRelease,
} from '../core/tool.ts';
import { sha256 } from '../wire/sha256.ts';

/** What the task definitions of all tools of a deployment have in common. */
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
 * In blocking mode, a tool that writes a line stops while CloudWatch Logs cannot be reached, until its timeout ends the run. In
 * non-blocking mode, lines are dropped when the buffer is full, and the default buffer of ECS is small. AWS recommends 25m after
 * tests of this driver (AWS containers blog, "Preventing log loss with non-blocking mode"). The buffer is part of the memory of the
 * run: 5 % of the smallest run.
 */
const logBuffer = { mode: 'non-blocking', 'max-buffer-size': '25m' } as const;

/** The input of RegisterTaskDefinition for one version and one kind of hosts. */
export const definitionInputOf = (
  site: DefinitionSite,
  release: UnregisteredRelease,
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
        // A program with PID 1 ignores every signal without a handler, SIGTERM too (ECS API, LinuxParameters): init gets PID 1.
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

/** SHA-256 (hex) of everything that the task definitions of a version are made from. When it changes, they are registered again. */
export const definitionDigestOf = (site: DefinitionSite, release: UnregisteredRelease): string => {
  const inputs = hostKindsOf(release.spec).map((kind) => definitionInputOf(site, release, kind));
  return sha256(JSON.stringify(inputs));
};

// A command with placeholders for the input is registered as tools.yml has it: each run overrides it.
const contentsOf = ({ command, environment = {}, secrets = {} }: ToolSpec) => ({
  ...present({ command: command && [...(fixedCommand(command) ?? command)] }),
  environment: byName(environment).map(([name, value]) => ({ name, value })),
  secrets: byName(secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
});

const byName = (map: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
