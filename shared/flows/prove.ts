import type { Pin, VersionRecord } from '../core/release.ts';
import { type HostKind, hostKindsOf, type Release } from '../core/tool.ts';
import { isVersion, versionRule } from '../core/version.ts';
import type { Clock, Releases } from '../ports.ts';

/** What it takes to prove a version. */
export interface ProvePorts {
  readonly releases: Releases;
  readonly clock: Clock;
}

/** A version of a tool before it is registered. */
export type Version = Omit<Release, 'definitions'>;

type Proof = Release | { readonly refused: string };

/** Does the image exist, and does ECS take its task definitions? What was registered before from the same image and all else stays. */
export const prove = async (ports: ProvePorts, pin: Pin, asked: Version): Promise<Proof> => {
  const { tool, version, spec } = asked;
  if (!isVersion(version)) {
    return { refused: `${versionRule}, not ${JSON.stringify(version.slice(0, 80))}` };
  }
  const imageDigest = await ports.releases.imageDigest(spec.image, version);
  if (imageDigest === undefined) {
    return {
      refused: `there is no image ${spec.image}:${version}: push it, then pin the version again`,
    };
  }
  const definitionDigest = ports.releases.definitionDigest(asked);
  const known = await ports.releases.readVersion(tool, version);
  const same = known?.imageDigest === imageDigest && known.definitionDigest === definitionDigest;
  const registered = same ? registrationOf(known) : await register(ports, asked);
  if ('refused' in registered) return registered;
  const { definitions } = registered;
  await ports.releases.saveVersion({
    tool,
    version,
    spec,
    specVersion: pin.specVersion,
    imageDigest,
    definitionDigest,
    ...registered,
    failedStarts: 0,
  });
  return { tool, version, spec, definitions };
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
  { tool, version, spec }: Version,
): Promise<Registration | { readonly refused: string }> => {
  const definitions: Partial<Record<HostKind, string>> = {};
  for (const kind of hostKindsOf(spec)) {
    const answer = await ports.releases.register({ tool, version, spec }, kind);
    if ('refused' in answer)
      return { refused: `ECS does not take its task definition: ${answer.refused}` };
    definitions[kind] = answer.arn;
  }
  return { definitions, registeredAt: ports.clock.now() };
};
