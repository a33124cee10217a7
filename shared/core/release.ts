import type { HostKind, Live, ToolSpec } from './tool.ts';

/** What release compares: pin and spec as they stand in SSM, with their parameter versions, and what is live. */
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
  /** Why the live record could not be read: then it counts as none, and is written again. */
  readonly liveFault?: string;
}

/** A spec that could not be read: a fault of the deployment, told by name. */
export interface BadPin {
  readonly tool: string;
  readonly why: string;
}

/** What is kept of a version that was ever pinned. */
export interface VersionRecord {
  readonly tool: string;
  readonly version: string;
  /** Absent where the image is in another registry, known by its tag alone. */
  readonly imageDigest?: string;
  /** What its tag named before, and until when: a tag that was pushed and pinned again. */
  readonly movedFrom?: { readonly imageDigest: string; readonly at: number };
  readonly definitions: Readonly<Partial<Record<HostKind, string>>>;
  /** Of all that they were registered from. */
  readonly definitionDigest?: string;
  readonly spec: ToolSpec;
  readonly specVersion: number;
  readonly registeredAt: number;
  readonly provenAt?: number;
  readonly broken?: string;
  readonly failedStarts: number;
}
