import type { VersionRecord } from '../../shared/core/release.ts';
import type { Versions } from '../../shared/ports/versions.ts';

/** The records of versions as a map. */
export interface MemoryVersions extends Versions {
  /** The record as it is now. */
  readonly at: (tool: string, version: string) => VersionRecord | undefined;
}

/** Begins without versions. */
export const memoryVersions = (): MemoryVersions => {
  const versions = new Map<string, VersionRecord>();
  const at = (tool: string, version: string) => versions.get(`${tool}/${version}`);
  return {
    at,
    readVersion: async (tool, version) => structuredClone(at(tool, version)),
    saveVersion: async (record, was) => {
      const revision = at(record.tool, record.version)?.revision;
      if (was !== undefined && was.revision !== revision) return false;
      versions.set(`${record.tool}/${record.version}`, {
        ...structuredClone(record),
        revision: (revision ?? 0) + 1,
      });
      return true;
    },
  };
};
