import type { HostKind, Live, ToolSpec } from './tool.ts';

/** What `release` compares: the pin and the spec in SSM with their parameter versions, and the live record. */
export interface Pin {
  readonly tool: string;
  readonly spec: ToolSpec;
  readonly specVersion: number;
  readonly version?: string;
  readonly pinVersion: number;
  /** When the pin was written. */
  readonly pinnedAt?: number;
  /** When the newer of the two was written. */
  readonly changedAt: number;
  readonly live?: Live;
  /** Why the live record could not be read. It is then written again, as if there were none. */
  readonly liveFault?: string;
}

/** A tool whose spec could not be read: a fault of the deployment. */
export interface BadPin {
  readonly tool: string;
  readonly why: string;
}

/** What Davit stores about each version that was ever pinned. */
export interface VersionRecord {
  readonly tool: string;
  readonly version: string;
  /** Absent for an image in another registry of which only the tag is known. */
  readonly imageDigest?: string;
  /** The image that the tag named before it was pushed and pinned again, and until when. */
  readonly movedFrom?: { readonly imageDigest: string; readonly at: number };
  readonly definitions: Readonly<Partial<Record<HostKind, string>>>;
  /** Digest of everything that the definitions were registered from. */
  readonly definitionDigest?: string;
  readonly spec: ToolSpec;
  readonly specVersion: number;
  readonly registeredAt: number;
  /** When a task first succeeded with this image and this spec. */
  readonly provenAt?: number;
  /** Why the version is broken, and since when. */
  readonly broken?: string;
  readonly brokenAt?: number;
  /** How many of its last starts in a row have failed, up to three, and which these are, oldest first. */
  readonly failedStarts: number;
  readonly failedRuns?: readonly FailedStart[];
  /** A failed start counts when it is later: the last start that did not fail, or the time when the count was cleared. */
  readonly countsFrom?: number;
  /** The versions that were live before this one, the latest first. */
  readonly earlier?: readonly string[];
  /** The pin that this version was released for last. */
  readonly pinVersion?: number;
  readonly pinnedAt?: number;
  /** Rises with each write, which names the one that it read. */
  readonly revision?: number;
}

/** A version that became broken, why, and when. */
export interface BrokenVersion {
  readonly tool: string;
  readonly version: string;
  readonly why: string;
  readonly at: number;
}

/** A run that could not be started because of its release. `run` is its name: `<taskId>/<run>`. */
export interface FailedStart {
  readonly run: string;
  readonly at: number;
}
