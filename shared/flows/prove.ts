import { foreignDefinition } from '../core/family.ts';
import { isElsewhere, namedDigest } from '../core/image.ts';
import type { Pin, VersionRecord } from '../core/release.ts';
import { type HostKind, hostKindsOf, type Release, type ToolSpec } from '../core/tool.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { isVersion, versionRule } from '../core/version.ts';
import type { Releases } from '../ports/releases.ts';
import type { Clock, Log, Meter } from '../ports.ts';

/** What it takes to prove a version. */
export interface ProvePorts {
  readonly stage: string;
  readonly releases: Releases;
  readonly meter: Meter;
  readonly log: Log;
  readonly clock: Clock;
}

/** A version of a tool before it is registered. */
export type Version = Omit<Release, 'definitions'>;

type Proof = Release | { readonly refused: string };

/**
 * Does the image exist, and does ECS take its task definitions? What was registered before from the same image and all else stays.
 * Its digest is what its tag names now, unless it is said already.
 */
export const prove = async (ports: ProvePorts, pin: Pin, asked: Version): Promise<Proof> => {
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
  const named = { tool, version, spec, ...(imageDigest === undefined ? {} : { imageDigest }) };
  const definitionDigest = ports.releases.definitionDigest(named);
  const known = await versionKnown(ports, tool, version);
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

/** Counts and logs a record of a tool that cannot be read. */
export const noteTool = (
  { meter, log }: Pick<ProvePorts, 'meter' | 'log'>,
  what: 'spec.unreadable' | 'live.unreadable' | 'version.unreadable',
  facts: { readonly tool: string; readonly why: string },
): void => {
  meter('ToolsUnreadable');
  log('error', what, facts);
};

// Another registry is not asked: what it has under a tag is known when a run pulls it, unless the digest is named.
const digestOf = async ({ releases }: ProvePorts, { spec, version }: Version) =>
  isElsewhere(spec) ? namedDigest(spec) : await releases.imageDigest(spec.image, version);

// One that cannot be read counts as none, and is written again.
const versionKnown = async (
  ports: ProvePorts,
  tool: string,
  version: string,
): Promise<VersionRecord | undefined> => {
  try {
    return await ports.releases.readVersion(tool, version);
  } catch (error) {
    if (!(error instanceof UnreadableRow)) throw error;
    noteTool(ports, 'version.unreadable', { tool, why: error.message });
    return undefined;
  }
};

/** Of these definitions: when they were registered, and whether a task has succeeded with them. */
type Registration = Pick<VersionRecord, 'definitions' | 'registeredAt' | 'provenAt'>;

const registrationOf = ({ definitions, registeredAt, provenAt }: VersionRecord): Registration => ({
  definitions,
  registeredAt,
  ...(provenAt === undefined ? {} : { provenAt }),
});

const register = async (
  ports: ProvePorts,
  version: Version,
): Promise<Registration | { readonly refused: string }> => {
  const definitions: Partial<Record<HostKind, string>> = {};
  for (const kind of hostKindsOf(version.spec)) {
    const answer = await ports.releases.register(version, kind);
    if ('refused' in answer)
      return { refused: `ECS does not take its task definition: ${answer.refused}` };
    definitions[kind] = answer.arn;
  }
  return { definitions, registeredAt: ports.clock.now() };
};

interface Present {
  readonly spec: ToolSpec;
  readonly imageDigest: string | undefined;
  readonly now: number;
}

/** What the tag of a version named before in the same repository, as long as anything is known of it. */
const movedFrom = (
  known: VersionRecord | undefined,
  { spec, imageDigest, now }: Present,
): Pick<VersionRecord, 'movedFrom'> => {
  if (known?.imageDigest === undefined || known.spec.image !== spec.image) return {};
  if (imageDigest !== undefined && known.imageDigest !== imageDigest) {
    return { movedFrom: { imageDigest: known.imageDigest, at: now } };
  }
  return known.movedFrom ? { movedFrom: known.movedFrom } : {};
};
