import { isElsewhere, namedDigest } from '../core/image.ts';
import type { Pin } from '../core/release.ts';
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
  const imageDigest = await digestOf(ports, asked);
  if (imageDigest === undefined && !isElsewhere(spec)) {
    return {
      refused: `there is no image ${spec.image}:${version}: push it, then pin the version again`,
    };
  }
  const definitionDigest = ports.releases.definitionDigest(asked);
  const known = await ports.releases.readVersion(tool, version);
  const registered =
    known?.imageDigest === imageDigest && known?.definitionDigest === definitionDigest
      ? { definitions: known.definitions }
      : await register(ports, asked);
  if ('refused' in registered) return registered;
  await ports.releases.saveVersion({
    tool,
    version,
    spec,
    specVersion: pin.specVersion,
    ...(imageDigest === undefined ? {} : { imageDigest }),
    definitionDigest,
    ...registered,
    registeredAt: ports.clock.now(),
    failedStarts: 0,
  });
  return { tool, version, spec, ...registered };
};

// Another registry is not asked: what it has under a tag is known when a run pulls it, unless the digest is named.
const digestOf = async ({ releases }: ProvePorts, { spec, version }: Version) =>
  isElsewhere(spec) ? namedDigest(spec) : await releases.imageDigest(spec.image, version);

type Definitions = Pick<Release, 'definitions'>;

const register = async (
  ports: ProvePorts,
  { tool, version, spec }: Version,
): Promise<Definitions | { readonly refused: string }> => {
  const definitions: Partial<Record<HostKind, string>> = {};
  for (const kind of hostKindsOf(spec)) {
    const answer = await ports.releases.register({ tool, version, spec }, kind);
    if ('refused' in answer)
      return { refused: `ECS does not take its task definition: ${answer.refused}` };
    definitions[kind] = answer.arn;
  }
  return { definitions };
};
