/** Where a run goes: Fargate, Fargate Spot, or hosts with GPUs (on demand or Spot). */
export type Placement = (typeof allPlacements)[number];

/** Every placement. */
export const allPlacements = ['cpu', 'cpu-spot', 'gpu', 'gpu-spot'] as const;

/** What a task definition is registered for: Fargate or container hosts. One definition is for on demand and Spot. */
export type HostKind = (typeof hostKinds)[number];

/** Every host kind. */
export const hostKinds = ['fargate', 'hosts'] as const;

/** What an exit code means where the tool's spec says so, instead of the default. */
export type ExitRule = 'succeed' | 'retry' | 'fail';

/** How a tool is run and retried, from `tools.yml`: validated, with every default filled in. */
export interface ToolSpec {
  /** A repository of the deployment's registry, or a whole reference (`public.ecr.aws/…/ffmpeg`, also `…@sha256:…`); without a tag. */
  readonly image: string;
  /** ECS CPU units (1024 = one vCPU) and MiB of a run, and the most of each that a message may ask for. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly maxCpu: number;
  readonly maxMemoryMiB: number;
  /** In order of preference; never empty. */
  readonly placements: readonly Placement[];
  /** The longest time of a run, from its start. */
  readonly timeoutMs: number;
  /** The longest time of a run from accepted to running. */
  readonly startTimeoutMs: number;
  /** The longest time of a task from queued to running; then the task fails. */
  readonly startWithinMs: number;
  /** How many runs the tool may be answerable for. */
  readonly attempts: number;
  /** Wait before attempt 2, 3, …; the last one repeats. */
  readonly delaysMs: readonly number[];
  /** How many runs may be reclaimed by the platform while running. */
  readonly reclaims: number;
  /** Seconds between SIGTERM and SIGKILL (Fargate allows 120). */
  readonly stopTimeoutS: number;
  readonly exitCodes: Readonly<Record<string, ExitRule>>;
  /** A run with double memory after the first one that was out of memory, also when the attempts are spent. */
  readonly doubleMemory: boolean;
  /** The reply waits up to 60 s for the tool's DAVIT_RESULT. */
  readonly result: boolean;
  /** The most runs at the same time, of the tool and of one tenant. */
  readonly maxRunning?: number;
  readonly maxPerTenant?: number;
  /** Arguments instead of the image's own, with placeholders (`{input.url}`). */
  readonly command?: readonly string[];
  /** Environment variables of every run. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Environment variables that ECS fills: the ARN of a parameter or of a secret, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** The disk of a run on Fargate; 20 GiB when absent. */
  readonly diskGiB?: number;
  /** The processor that the image was built for; x86_64 when absent. */
  readonly architecture?: Architecture;
}

/** A processor that containers are built for. */
export type Architecture = 'x86_64' | 'arm64';

/** A version of a tool that can be launched. A task keeps it for all its runs. */
export interface Release {
  readonly tool: string;
  readonly version: string;
  /** Task definition revision ARN per host kind. */
  readonly definitions: Readonly<Partial<Record<HostKind, string>>>;
  /** The digest of its image when it was pinned; absent for an image in another registry of which only the tag is known. */
  readonly imageDigest?: string;
  readonly spec: ToolSpec;
}

/** A version of a tool before its task definitions are registered. */
export type UnregisteredRelease = Omit<Release, 'definitions'>;

/** Why the last pin did not become live, or did not stay so. */
export interface Refusal {
  readonly version: string;
  readonly why: string;
  readonly at: number;
  /** The version was live, and became broken: the live version is one that was live before it. */
  readonly isBroken?: true;
}

/** A pin that was refused. No two pins of a tool have the same `changedAt`. */
export interface RefusedPin {
  readonly tool: string;
  readonly changedAt: number;
  readonly refusal: Refusal;
}

/** The SSM parameter `live`: the release, the parameter versions of the pin and the spec that it was made from, and the last refusal. */
export interface Live {
  readonly release?: Release;
  readonly pinVersion: number;
  readonly specVersion: number;
  /** When the newer of the two was written: the versions of a parameter that was deleted and put again begin at 1. */
  readonly changedAt: number;
  /** Digest of everything that the release's task definitions were registered from, with the deployment's roles and registry. */
  readonly definitionDigest?: string;
  readonly refusal?: Refusal;
}

/** The state of a tool, as dispatch reads it. `unreadable`: SSM could not be reached, or a record cannot be read; only the second is counted. */
export type ToolState =
  | {
      readonly kind: 'unknown';
      /** The stage has a parameter for its limit, whatever that says. */
      readonly hasStageLimit?: true;
    }
  | { readonly kind: 'unreadable'; readonly why: string }
  | {
      readonly kind: 'known';
      readonly spec: ToolSpec;
      readonly live?: Release;
      /** Why the live version is broken: until `release` has moved back from it, or where it cannot. */
      readonly broken?: string;
      readonly paused?: string;
      /** Every tool of the stage is paused. */
      readonly allPaused?: string;
      /** The most runs of all tools at the same time. */
      readonly stageMaxRunning?: number;
      readonly refusal?: Refusal;
    };

/** The state of a version that a message asks for. */
export type VersionState =
  | { readonly kind: 'registered'; readonly release: Release }
  | { readonly kind: 'unregistered' }
  | { readonly kind: 'broken'; readonly why: string }
  | { readonly kind: 'unreadable'; readonly why: string };

/** The host kind whose task definition a placement needs. */
export const hostKindOf = (placement: Placement): HostKind =>
  placement === 'cpu' || placement === 'cpu-spot' ? 'fargate' : 'hosts';

/** The host kinds that a tool's placements need definitions for, each once. */
export const hostKindsOf = ({ placements }: Pick<ToolSpec, 'placements'>): readonly HostKind[] => [
  ...new Set(placements.map(hostKindOf)),
];

/** AWS may reclaim Spot capacity at two minutes' notice. */
export const isSpot = (placement: Placement): boolean => placement.endsWith('-spot');

type MadeFrom = Pick<Live, 'pinVersion' | 'specVersion' | 'changedAt'>;

/** Whether a live record was made from these parameters, or from newer ones. */
export const isMadeOf = (live: MadeFrom | undefined, pin: MadeFrom): boolean => {
  if (live === undefined || live.changedAt < pin.changedAt) return false;
  if (live.changedAt > pin.changedAt) return true;
  return live.pinVersion >= pin.pinVersion && live.specVersion >= pin.specVersion;
};
