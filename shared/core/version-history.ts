import { present } from './present.ts';
import type { Pin, VersionRecord } from './release.ts';

/** Further back than any operator wants to go. */
const mostEarlier = 20;

/** The versions that were live before this one, the latest first. `before`: the record of the one that is live until now. */
export const earlierOf = (
  version: string,
  known: VersionRecord | undefined,
  before: VersionRecord | undefined,
): Pick<VersionRecord, 'earlier'> => {
  const beforeIt = before ? [before.version, ...(before.earlier ?? [])] : [];
  const earlier = [...new Set([...beforeIt, ...(known?.earlier ?? [])])]
    .filter((one) => one !== version)
    .slice(0, mostEarlier);
  return earlier.length > 0 ? { earlier } : {};
};

/** A version as it is released now. */
interface Released {
  readonly pin: Pick<Pin, 'version' | 'pinVersion' | 'pinnedAt'>;
  readonly record: Pick<VersionRecord, 'version' | 'spec' | 'definitions' | 'definitionDigest'> & {
    readonly imageDigest: string | undefined;
  };
  readonly now: number;
}

/**
 * What stays known of the starts of a version when it is released. New task definitions, and a new pin of the version, clear the
 * count and what is broken. A success of the same image with the same spec stays, also where another role made new definitions
 * necessary.
 */
export const healthOf = (known: VersionRecord | undefined, { pin, record, now }: Released) => {
  const { pinVersion, pinnedAt } = pin.version === record.version ? pin : (known ?? {});
  const ofPin = present({ pinVersion, pinnedAt });
  if (known === undefined) return { failedStarts: 0, ...ofPin };
  const isSame =
    known.definitionDigest === record.definitionDigest &&
    isEqual(known.definitions, record.definitions);
  const isSameContent =
    known.imageDigest === record.imageDigest && isEqual(known.spec, record.spec);
  const provenAt = isSame || isSameContent ? known.provenAt : undefined;
  const isNewPin = known.pinVersion !== pinVersion || known.pinnedAt !== pinnedAt;
  if (!isSame || isNewPin)
    return { failedStarts: 0, countsFrom: now, ...ofPin, ...present({ provenAt }) };
  const { failedStarts, failedRuns, countsFrom, broken, brokenAt } = known;
  return {
    failedStarts,
    ...ofPin,
    ...present({ failedRuns, countsFrom, broken, brokenAt, provenAt }),
  };
};

const isEqual = (one: object, other: object): boolean =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

// DynamoDB returns the members of a map in any order.
const sorted = (value: unknown): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, member]) => [name, sorted(member)]);
