/** Where a run goes: Fargate, Fargate Spot, or hosts with GPUs (on demand or Spot). */
export type Placement = 'cpu' | 'cpu-spot' | 'gpu' | 'gpu-spot';

/** What a task definition is registered for: Fargate, or container hosts. One definition serves both prices of a kind. */
export type HostKind = (typeof hostKinds)[number];

/** Every host kind. */
export const hostKinds = ['fargate', 'hosts'] as const;

/** What an exit code means to a tool that says so itself, instead of the default table. */
export type ExitRule = 'succeed' | 'retry' | 'fail';

/** How a tool is run and retried, as `tools.yml` says it: validated whole, every default filled in. */
export interface ToolSpec {
  /** A repository of the deployment's registry, or a whole reference (`public.ecr.aws/…/ffmpeg`, also `…@sha256:…`); without a tag. */
  readonly image: string;
  /** ECS CPU units (1024 = one vCPU) and MiB of a run, and the most that a message may ask for. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly maxCpu: number;
  readonly maxMemoryMiB: number;
  /** In order of preference; never empty. */
  readonly placements: readonly Placement[];
  /** Longest run, from its start. */
  readonly timeoutMs: number;
  /** Longest wait of a run from accepted to running. */
  readonly startTimeoutMs: number;
  /** Longest wait of a task from queued to running; then it fails. */
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
  /** One more run with double memory after an out-of-memory end. */
  readonly doubleMemory: boolean;
  /** The reply waits up to 60 s for the tool's DAVIT_RESULT. */
  readonly result: boolean;
  /** Runs at the same time, of the tool and of one tenant. */
  readonly maxRunning?: number;
  readonly maxPerTenant?: number;
  /** Arguments in place of the image's own, with placeholders (`{input.url}`). */
  readonly command?: readonly string[];
  /** Plain variables of every run. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Variables that ECS itself reads: the ARN of a parameter or of a secret, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Disk of a run on Fargate, which has 20 GiB unasked. */
  readonly diskGiB?: number;
  /** What the image was built for; x86_64 when absent. */
  readonly architecture?: Architecture;
}

/** A processor that containers are built for. */
export type Architecture = 'x86_64' | 'arm64';

/** A version of a tool that can be launched: what a task keeps over all its runs. */
export interface Release {
  readonly tool: string;
  readonly version: string;
  /** Task definition revision ARN per host kind. */
  readonly definitions: Readonly<Partial<Record<HostKind, string>>>;
  /** What its image was when it was pinned; absent for an image of another registry that is known by its tag alone. */
  readonly imageDigest?: string;
  readonly spec: ToolSpec;
}

/** Why the last pin did not become live. */
export interface Refusal {
  readonly version: string;
  readonly why: string;
  readonly at: number;
}

/** A pin that was refused; `changedAt` tells it from every other pin of its tool. */
export interface RefusedPin {
  readonly tool: string;
  readonly changedAt: number;
  readonly refusal: Refusal;
}

/** The SSM parameter `live`: the release, the parameter versions of pin and spec it came from, the last refusal. */
export interface Live {
  readonly release?: Release;
  readonly pinVersion: number;
  readonly specVersion: number;
  /** When the newer of the two was written: a parameter that was deleted and put again counts from 1. */
  readonly changedAt: number;
  /** Of all that the release's task definitions were registered from, the deployment's roles and registry too. */
  readonly definitionDigest?: string;
  readonly refusal?: Refusal;
}

/** What dispatch finds when it looks a tool up. */
export type ToolState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'away'; readonly why: string }
  | {
      readonly kind: 'known';
      readonly spec: ToolSpec;
      readonly live?: Release;
      readonly paused?: string;
      readonly refusal?: Refusal;
    };

/** What is known of one version that a message asks for by name. */
export type VersionState =
  | { readonly kind: 'registered'; readonly release: Release }
  | { readonly kind: 'unregistered' }
  | { readonly kind: 'broken'; readonly why: string }
  | { readonly kind: 'away'; readonly why: string };

/** The host kind whose task definition a placement needs. */
export const hostKindOf = (placement: Placement): HostKind =>
  placement === 'cpu' || placement === 'cpu-spot' ? 'fargate' : 'hosts';

/** The host kinds that a tool's placements need definitions for, each once. */
export const hostKindsOf = ({ placements }: Pick<ToolSpec, 'placements'>): readonly HostKind[] => [
  ...new Set(placements.map(hostKindOf)),
];

/** Spot capacity may be taken back by AWS at two minutes' notice. */
export const isSpot = (placement: Placement): boolean => placement.endsWith('-spot');

type Made = Pick<Live, 'pinVersion' | 'specVersion' | 'changedAt'>;

/** Whether a live record is made of these parameters as they stand, or of newer ones. */
export const isMadeOf = (live: Made | undefined, pin: Made): boolean => {
  if (live === undefined || live.changedAt < pin.changedAt) return false;
  if (live.changedAt > pin.changedAt) return true;
  return live.pinVersion >= pin.pinVersion && live.specVersion >= pin.specVersion;
};
