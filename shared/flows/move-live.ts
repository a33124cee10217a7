import { foreignDefinition } from '../core/family.ts';
import { present } from '../core/present.ts';
import type { Pin } from '../core/release.ts';
import type { Live, Refusal, Release, UnregisteredRelease } from '../core/tool.ts';
import { isVersion } from '../core/version.ts';
import type { RefusalsBus } from '../ports/releases.ts';
import { type Better, betterThan, brokenRefusal, proveAgain } from './fall-back.ts';
import { type ProvePorts, prove, readKnownVersion } from './prove.ts';

/** What it takes to release tools. */
export interface ReleasePorts extends ProvePorts {
  readonly refusals: RefusalsBus;
}

/** The outcome for one tool. `bad`: its parameters cannot be read. `claimed`: another invocation is releasing it. */
export interface Outcome {
  readonly tool: string;
  readonly kind: 'unchanged' | 'unpinned' | 'live' | 'fellBack' | 'refused' | 'claimed' | 'bad';
  readonly version?: string;
  readonly why?: string;
}

/** Makes a version live for this pin, or writes its refusal next to the version that is live. */
export const moveTo = async (
  ports: ReleasePorts,
  pin: Pin,
  { tool, version, spec, imageDigest }: UnregisteredRelease,
): Promise<Outcome> => {
  const asked = { tool, version, spec, ...present({ imageDigest }) };
  const proof = await prove(ports, pin, {
    ...asked,
    ...present({ before: await readBefore(ports, pin) }),
  });
  if ('refused' in proof) {
    return refuse(ports, pin, { version, why: proof.refused, at: ports.clock.now() });
  }
  // Only the spec is new, and not what the task definitions are made from: the version is as broken as before.
  const better =
    proof.broken === undefined
      ? undefined
      : await betterThan(ports, pin, { ...madeOf(pin), release: proof.release });
  if (better?.kind === 'back') return fallBack(ports, pin, better);
  const { release } = proof;
  await ports.releases.saveLive(tool, { ...liveOf(ports, release), ...madeOf(pin) });
  await ports.releases.closeClaim(pin);
  ports.log('info', 'release.live', { tool, version, imageDigest: release.imageDigest });
  return { tool, kind: 'live', version };
};

/** The record of the version that is live until now, which may be of another version than the pin. */
const readBefore = async (ports: ReleasePorts, { tool, version, live }: Pin) => {
  const before = live?.release?.version ?? live?.refusal?.version;
  return before === undefined || before === version || !isVersion(before)
    ? undefined
    : await readKnownVersion(ports, tool, before);
};

/** Moves the live record from a version that is broken back to the last one that succeeded. */
export const fallBack = async (
  ports: ReleasePorts,
  pin: Pin,
  { from, to }: Extract<Better, { kind: 'back' }>,
): Promise<Outcome> => {
  const { tool, version } = to;
  const proof = await proveAgain(ports, pin, to);
  const why = from.broken ?? '';
  if ('refused' in proof) {
    ports.meter('ReleasesRefused');
    ports.log('error', 'release.refused', { tool, version, why: proof.refused });
    return { tool, kind: 'refused', version, why: proof.refused };
  }
  const { live } = await withPresentLive(ports, pin);
  const isRefused = live?.refusal !== undefined && live.refusal.isBroken === undefined;
  const refusal = isRefused ? live.refusal : brokenRefusal(from);
  await ports.releases.saveLive(tool, {
    ...liveOf(ports, proof.release),
    ...madeOf(pin),
    ...present({ refusal }),
  });
  await ports.releases.closeClaim(pin);
  ports.log('error', 'release.fellBack', { tool, version, from: from.version, why });
  return { tool, kind: 'fellBack', version, why };
};

// Published before it is saved: a crash between the two publishes it twice, and never loses it.
const refuse = async (ports: ReleasePorts, pin: Pin, refusal: Refusal): Promise<Outcome> => {
  const { tool, changedAt } = pin;
  const { version, why } = refusal;
  const sent = await ports.refusals.put({ tool, changedAt, refusal });
  if (sent.kind === 'failed') ports.log('error', 'release.untold', { tool, why: sent.why });
  await ports.releases.saveLive(tool, refusedLive(await withPresentLive(ports, pin), refusal));
  await ports.releases.closeClaim(pin);
  ports.meter('ReleasesRefused');
  ports.log('warn', 'release.refused', { tool, version, why });
  return { tool, kind: 'refused', version, why };
};

const refusedLive = (pin: Pin, refusal: Refusal): Live => {
  const { release, definitionDigest } = pin.live ?? {};
  return {
    ...present({ release, definitionDigest }),
    ...madeOf(pin),
    refusal,
  };
};

// The refusal is written next to the version that is live now: another pin may have become live since this one was read.
const withPresentLive = async (ports: ReleasePorts, pin: Pin): Promise<Pin> => {
  const { pins } = await ports.releases.pins();
  const now = pins.find(({ tool }) => tool === pin.tool);
  const live = now && withoutForeignLive(ports, now).live;
  return live ? { ...pin, live } : pin;
};

/** Ignores a live record that names the task definition of another tool: the record is then written again. */
export const withoutForeignLive = ({ stage, meter, log }: ReleasePorts, found: Pin): Pin => {
  const { live, ...pin } = found;
  const why = live?.release && foreignDefinition({ stage, tool: pin.tool }, live.release);
  if (why === undefined) return found;
  meter('DefinitionsForeign');
  log('error', 'definition.foreign', { tool: pin.tool, why });
  return pin;
};

/** The parameter versions that a live record was made from. */
export const madeOf = ({ pinVersion, specVersion, changedAt }: Live) => ({
  pinVersion,
  specVersion,
  changedAt,
});

/** What a live record holds of a release. */
export const liveOf = ({ releases }: ReleasePorts, release: Release) => ({
  release,
  definitionDigest: releases.definitionDigest(release),
});
