import type { Pin, VersionRecord } from '../core/release.ts';
import type { Live, Refusal } from '../core/tool.ts';
import { type Proof, type ProvePorts, prove, readKnownVersion } from './prove.ts';

/**
 * The version that should be live instead of the one that is, for the same pin: `forward` to the version that was wanted, because it
 * is not broken any more, or `back` from it to the last one that succeeded, because it is broken now. Undefined: nothing is better.
 */
export type Better =
  | { readonly kind: 'forward'; readonly to: VersionRecord }
  | { readonly kind: 'back'; readonly from: VersionRecord; readonly to: VersionRecord };

/**
 * Compares the live version with what is known of starts. A version is broken only as long as it would be registered from the same
 * values: with another image, spec or role it is tried again.
 */
export const betterThan = async (
  ports: ProvePorts,
  { tool, version }: Pin,
  live: Live,
): Promise<Better | undefined> => {
  const isRefused = live.refusal !== undefined && live.refusal.isBroken === undefined;
  const wanted = isRefused ? live.release?.version : version;
  const record = wanted === undefined ? undefined : await readKnownVersion(ports, tool, wanted);
  if (record === undefined) return undefined;
  const isBroken =
    record.broken !== undefined &&
    record.definitionDigest === ports.releases.definitionDigest(record);
  if (!isBroken) {
    return live.release?.version === wanted ? undefined : { kind: 'forward', to: record };
  }
  const to = await lastProven(ports, record);
  return to === undefined || to.version === live.release?.version
    ? undefined
    : { kind: 'back', from: record, to };
};

/** The latest of the versions that were live before this one, that has succeeded and is not broken. */
const lastProven = async (
  ports: ProvePorts,
  { tool, earlier = [] }: VersionRecord,
): Promise<VersionRecord | undefined> => {
  for (const version of earlier) {
    const record = await readKnownVersion(ports, tool, version);
    if (record?.provenAt !== undefined && record.broken === undefined) return record;
  }
  return undefined;
};

/** Proves the record of a version again: its image is the one that it had. */
export const proveAgain = (
  ports: ProvePorts,
  pin: Pin,
  { tool, version, spec, imageDigest }: VersionRecord,
): Promise<Proof> =>
  prove(ports, pin, { tool, version, spec, ...(imageDigest ? { imageDigest } : {}) });

/** Why the pinned version is not live. */
export const brokenRefusal = ({
  version,
  broken: why = '',
  brokenAt: at = 0,
}: VersionRecord): Refusal => ({ version, why, at, isBroken: true });
