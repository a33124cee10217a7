import type { BadPin, Pin } from '../core/release.ts';
import type { HostKind, Live, RefusedPin, UnregisteredRelease } from '../core/tool.ts';
import type { Sent } from '../ports.ts';
import type { Versions } from './versions.ts';

/** Where pins, images and versions are. Every function throws when SSM, ECR, ECS or the table cannot be reached. */
export interface Releases extends Versions {
  readonly pins: () => Promise<{ readonly pins: readonly Pin[]; readonly bad: readonly BadPin[] }>;
  /** Claims the right to move a tool's live record to these parameter versions. False when that record is newer, or another holds the claim. */
  readonly claim: (pin: Pin, now: number) => Promise<boolean>;
  /** Ends the claim: these parameter versions are done. */
  readonly closeClaim: (pin: Pin) => Promise<void>;
  /** The digest of the image; undefined when there is no such tag. */
  readonly imageDigest: (image: string, version: string) => Promise<string | undefined>;
  /** The digest of everything that the version's task definitions would be registered from now. Pure. */
  readonly definitionDigest: (release: UnregisteredRelease) => string;
  /** RegisterTaskDefinition for a host kind. Answers the ARN of the revision, or why ECS refused. */
  readonly register: (
    release: UnregisteredRelease,
    kind: HostKind,
  ) => Promise<{ readonly arn: string } | { readonly refused: string }>;
  readonly saveLive: (tool: string, live: Live) => Promise<void>;
}

/** The EventBridge bus for refused pins. Nothing throws. */
export interface RefusalsBus {
  readonly put: (pin: RefusedPin) => Promise<Sent>;
}
