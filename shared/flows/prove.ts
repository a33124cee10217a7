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

type Proof = Release | { readonly refused: string };

/**
 * Proves a version: its image exists, and ECS accepts its task definitions. Definitions that were registered before from the
 * same values stay. The digest of the image is the one that its tag names now, unless `asked` names one.
 */
export const prove = async (
  ports: ProvePorts,
  pin: Pin,
  asked: UnregisteredRelease,
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
  const known = await readKnownVersion(ports, tool, version);
  const isSame = known?.imageDigest === imageDigest && known?.definitionDigest === definitionDigest;
  const registered =
    isSame && foreignDefinition({ stage: ports.stage, tool }, { ...known, version }) === undefined
      ? registrationOf(known)
      : await register(ports, named);
  if ('refused' in registered) return registered;
  const { definitions } = registered;
  await ports.releases.saveVersion({
    ...named,
    ...movedFrom(known, { spec, imageDigest, now: ports.clock.now() }),
    specVersion: pin.specVersion,
    definitionDigest,
    ...registered,
    failedStarts: 0,
  });
  return { ...named, definitions };
};

// Another registry is not asked: the image behind its tag is known only when a run pulls it, unless the reference names a digest.
const digestOf = async ({ releases }: ProvePorts, { spec, version }: UnregisteredRelease) =>
  isElsewhere(spec) ? namedDigest(spec) : await releases.imageDigest(spec.image, version);

// A record that cannot be read is written again.
const readKnownVersion = async (
  ports: ProvePorts,
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

/** The task definitions, when they were registered, and when a task first succeeded with them. */
type Registration = Pick<VersionRecord, 'definitions' | 'registeredAt' | 'provenAt'>;

const registrationOf = ({ definitions, registeredAt, provenAt }: VersionRecord): Registration => ({
  definitions,
  registeredAt,
  ...present({ provenAt }),
});

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
