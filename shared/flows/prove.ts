import { foreignDefinition } from '../core/family.ts';
import { isElsewhere, namedDigest } from '../core/image.ts';
import { present } from '../core/present.ts';
import type { Pin, VersionRecord } from '../core/release.ts';
import {
  type HostKind,
  hostKindsOf,
  type Release,
  type ToolSpec,
  type UnregisteredRelease,
} from '../core/tool.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { isVersion, versionRule } from '../core/version.ts';
import { earlierOf, healthOf } from '../core/version-history.ts';
import type { Releases } from '../ports/releases.ts';
import type { Clock, Log, Meter } from '../ports.ts';
import { logUnreadable } from './log-unreadable.ts';

/** What it takes to prove a version. */
export interface ProvePorts {
  readonly stage: string;
  readonly releases: Releases;
  readonly meter: Meter;
  readonly log: Log;
  readonly clock: Clock;
}

/** A version that can be launched, or why not. `broken`: it can be registered, but does not start. */
export type Proof =
  | { readonly release: Release; readonly broken?: string }
  | { readonly refused: string };

/**
 * Proves a version: its image exists, and ECS accepts its task definitions. Definitions that were registered before from the
 * same values stay, with what is known of their starts, unless the version was pinned again. The digest of the image is the one
 * that its tag names now, unless `asked` names one. `before`: the record of the version that is live, if that is another one.
 */
export const prove = async (
  ports: ProvePorts,
  pin: Pin,
  { before, ...asked }: UnregisteredRelease & { readonly before?: VersionRecord },
): Promise<Proof> => {
  const { tool, version, spec } = asked;
  if (!isVersion(version)) {
    return { refused: `${versionRule}, not ${JSON.stringify(version.slice(0, 80))}` };
  }
  const imageDigest = asked.imageDigest ?? (await digestOf(ports, asked));
  if (imageDigest === undefined && !isElsewhere(spec)) {
    return {
      refused: `there is no image ${spec.image}:${version}: push it, then pin the version again`,
    };
  }
  const named = { tool, version, spec, ...present({ imageDigest }) };
  const definitionDigest = ports.releases.definitionDigest(named);
  const digests = { imageDigest, definitionDigest };
  for (let losses = 0; losses < mostLosses; losses += 1) {
    const known = await readKnownVersion(ports, tool, version);
    const registered = await registrationOf(ports, { ...named, definitionDigest }, known);
    if ('refused' in registered) return registered;
    const now = ports.clock.now();
    const { definitions } = registered;
    const record: VersionRecord = {
      ...named,
      ...movedFrom(known, { spec, imageDigest, now }),
      specVersion: pin.specVersion,
      definitionDigest,
      ...registered,
      ...healthOf(known, { pin, record: { ...registered, ...digests, version, spec }, now }),
      ...earlierOf(version, known, before),
    };
    if (await ports.releases.saveVersion(record, known))
      return { release: { ...named, definitions }, ...present({ broken: record.broken }) };
  }
  throw new Error(`Another writer of ${tool} ${version} was faster ${mostLosses} times in a row.`);
};

/** A writer may lose a few races: runs that start are counted on the same record. */
const mostLosses = 10;

// Another registry is not asked: the image behind its tag is known only when a run pulls it, unless the reference names a digest.
const digestOf = async ({ releases }: ProvePorts, { spec, version }: UnregisteredRelease) =>
  isElsewhere(spec) ? namedDigest(spec) : await releases.imageDigest(spec.image, version);

/** The record of a version. One that cannot be read counts as none: release writes it again. */
export const readKnownVersion = async (
  ports: Pick<ProvePorts, 'releases' | 'meter' | 'log'>,
  tool: string,
  version: string,
): Promise<VersionRecord | undefined> => {
  try {
    return await ports.releases.readVersion(tool, version);
  } catch (error) {
    if (!(error instanceof UnreadableRow)) throw error;
    logUnreadable(ports, 'version.unreadable', { tool, why: error.message });
    return undefined;
  }
};

type Registration = Pick<VersionRecord, 'definitions' | 'registeredAt'>;

/** The task definitions that were registered before from the same values, or new ones. */
const registrationOf = async (
  ports: ProvePorts,
  asked: UnregisteredRelease & { readonly definitionDigest: string },
  known: VersionRecord | undefined,
): Promise<Registration | { readonly refused: string }> => {
  const { tool, version, imageDigest, definitionDigest } = asked;
  const isSame =
    known !== undefined &&
    known.imageDigest === imageDigest &&
    known.definitionDigest === definitionDigest;
  return isSame &&
    foreignDefinition({ stage: ports.stage, tool }, { ...known, version }) === undefined
    ? { definitions: known.definitions, registeredAt: known.registeredAt }
    : register(ports, asked);
};

const register = async (
  ports: ProvePorts,
  version: UnregisteredRelease,
): Promise<Registration | { readonly refused: string }> => {
  const definitions: Partial<Record<HostKind, string>> = {};
  for (const kind of hostKindsOf(version.spec)) {
    const answer = await ports.releases.register(version, kind);
    if ('refused' in answer)
      return { refused: `ECS does not accept its task definition: ${answer.refused}` };
    definitions[kind] = answer.arn;
  }
  return { definitions, registeredAt: ports.clock.now() };
};

interface Tagged {
  readonly spec: ToolSpec;
  readonly imageDigest: string | undefined;
  readonly now: number;
}

/** The image that the tag of the version named before, in the same repository. */
const movedFrom = (
  known: VersionRecord | undefined,
  { spec, imageDigest, now }: Tagged,
): Pick<VersionRecord, 'movedFrom'> => {
  if (known?.imageDigest === undefined || known.spec.image !== spec.image) return {};
  if (imageDigest !== undefined && known.imageDigest !== imageDigest) {
    return { movedFrom: { imageDigest: known.imageDigest, at: now } };
  }
  return known.movedFrom ? { movedFrom: known.movedFrom } : {};
};
