import type { VersionRecord } from '../core/release.ts';

/** The records of versions. Both throw when the table cannot be reached, and `readVersion` also an UnreadableRow. */
export interface Versions {
  /** Reads consistently. */
  readonly readVersion: (tool: string, version: string) => Promise<VersionRecord | undefined>;
  /** Writes a record; over `was`, if the record is still at `was.revision`. False: another writer was faster. */
  readonly saveVersion: (record: VersionRecord, was?: VersionRecord) => Promise<boolean>;
}
