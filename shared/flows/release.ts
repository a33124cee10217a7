import type { HostKind, Live, Refusal, Release } from '../core/tool.ts';
import { hostKindsOf, isMadeOf } from '../core/tool.ts';
import { isVersion, versionRule } from '../core/version.ts';
import type { Clock, Meter, Pin, RefusalsBus, Releases, Tell, VersionRecord } from '../ports.ts';

/** What it takes to release tools. */
export interface ReleasePorts {
  readonly releases: Releases;
  readonly refusals: RefusalsBus;
  readonly meter: Meter;
  readonly tell: Tell;
  readonly clock: Clock;
}

/** What became of a tool's pin. */
export interface Outcome {
  readonly tool: string;
  readonly kind: 'unchanged' | 'unpinned' | 'live' | 'refused' | 'claimed' | 'bad';
  readonly version?: string;
  readonly why?: string;
}

/**
 * Compares every pin and spec with what is live, and moves what is older; run as often as one likes. A version that
 * cannot be proven changes nothing that runs: its refusal stands beside what is live. Throws when a source is away, once
 * every tool has had its turn.
 */
export const releaseAll = async (ports: ReleasePorts): Promise<readonly Outcome[]> => {
  const { pins, bad } = await ports.releases.pins();
  for (const { tool, why } of bad) ports.tell('error', 'spec.unreadable', { tool, why });
  const outcomes: Outcome[] = bad.map(({ tool, why }) => ({ tool, kind: 'bad', why }));
  const faults: { readonly tool: string; readonly cause: unknown }[] = [];
  for (const pin of pins) {
    await releaseOne(ports, pin).then(
      (outcome) => outcomes.push(outcome),
      (cause: unknown) => faults.push({ tool: pin.tool, cause }),
    );
  }
  if (faults.length > 0) throw faultOf(faults, pins.length);
  return outcomes;
};

const faultOf = (
  faults: readonly { readonly tool: string; readonly cause: unknown }[],
  all: number,
): Error => {
  const each = faults.map(
    ({ tool, cause }) => `${tool}: ${cause instanceof Error ? cause.message : String(cause)}`,
  );
  return new Error(
    `${faults.length} of ${all} tools could not be compared with their pins, and are looked at again: ${each.join('; ')}`,
    { cause: faults[0]?.cause },
  );
};

const releaseOne = async (ports: ReleasePorts, pin: Pin): Promise<Outcome> => {
  const { tool, version, live, liveFault } = pin;
  if (liveFault !== undefined) ports.tell('error', 'live.unreadable', { tool, why: liveFault });
  if (version === undefined) return { tool, kind: 'unpinned' };
  if (isMadeOf(live, pin)) return { tool, kind: 'unchanged', version };
  if (!(await ports.releases.claim(pin, ports.clock.now())))
    return { tool, kind: 'claimed', version };
  const proof = await prove(ports, pin, version);
  if ('refused' in proof) {
    return refuse(ports, pin, { version, why: proof.refused, at: ports.clock.now() });
  }
  await ports.releases.saveLive(tool, liveOf(pin, proof));
  await ports.releases.settle(pin);
  ports.tell('info', 'release.live', { tool, version });
  return { tool, kind: 'live', version };
};

// Told before it is written down: whoever dies between the two tells it twice, and not never.
const refuse = async (ports: ReleasePorts, pin: Pin, refusal: Refusal): Promise<Outcome> => {
  const { tool, changedAt } = pin;
  const { version, why } = refusal;
  const sent = await ports.refusals.put({ tool, changedAt, refusal });
  if (sent.kind === 'failed') ports.tell('error', 'release.untold', { tool, why: sent.why });
  await ports.releases.saveLive(tool, refusedLive(await present(ports, pin), refusal));
  await ports.releases.settle(pin);
  ports.meter('ReleasesRefused');
  ports.tell('warn', 'release.refused', { tool, version, why });
  return { tool, kind: 'refused', version, why };
};

// What is kept beside a refusal is what is live now: another pin may have become so since this one was read.
const present = async ({ releases }: ReleasePorts, pin: Pin): Promise<Pin> => {
  const { pins } = await releases.pins();
  const live = pins.find(({ tool }) => tool === pin.tool)?.live;
  return live ? { ...pin, live } : pin;
};

const liveOf = (pin: Pin, release: Release): Live => ({ release, ...madeOf(pin) });

const refusedLive = (pin: Pin, refusal: Refusal): Live => {
  const kept = pin.live?.release ? { release: pin.live.release } : {};
  return { ...kept, ...madeOf(pin), refusal };
};

const madeOf = ({ pinVersion, specVersion, changedAt, definitionDigest }: Pin) => ({
  pinVersion,
  specVersion,
  changedAt,
  ...digestIn(definitionDigest),
});

const digestIn = (definitionDigest: string | undefined) =>
  definitionDigest === undefined ? {} : { definitionDigest };

type Proof = Release | { readonly refused: string };

/** Does the image exist, and does ECS take its task definitions? What was registered before from the same image and all else stays. */
const prove = async (ports: ReleasePorts, pin: Pin, version: string): Promise<Proof> => {
  const { tool, spec } = pin;
  if (!isVersion(version)) {
    return {
      refused: `${versionRule}, not ${JSON.stringify(version.slice(0, 80))}`,
    };
  }
  const imageDigest = await ports.releases.imageDigest(spec.image, version);
  if (imageDigest === undefined) {
    return {
      refused: `there is no image ${spec.image}:${version}: push it, then pin the version again`,
    };
  }
  const known = await ports.releases.readVersion(tool, version);
  const same =
    known?.imageDigest === imageDigest && known.definitionDigest === pin.definitionDigest;
  const definitions = same
    ? { definitions: known.definitions }
    : await register(ports, pin, version);
  if ('refused' in definitions) return definitions;
  await ports.releases.saveVersion(
    recordOf(pin, { version, imageDigest, ...definitions }, ports.clock.now()),
  );
  return { tool, version, spec, ...definitions };
};

type Definitions = Pick<Release, 'definitions'>;

const register = async (
  ports: ReleasePorts,
  { tool, spec }: Pin,
  version: string,
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

const recordOf = (
  { tool, spec, specVersion, definitionDigest }: Pin,
  proven: Pick<VersionRecord, 'version' | 'imageDigest' | 'definitions'>,
  now: number,
): VersionRecord => ({
  tool,
  spec,
  specVersion,
  ...digestIn(definitionDigest),
  ...proven,
  registeredAt: now,
  failedStarts: 0,
});
