import { errorMessage } from '../core/error-message.ts';
import { foreignDefinition } from '../core/family.ts';
import { present } from '../core/present.ts';
import type { Pin } from '../core/release.ts';
import type { Live, Refusal, Release, UnregisteredRelease } from '../core/tool.ts';
import { isMadeOf } from '../core/tool.ts';
import type { RefusalsBus, Releases } from '../ports/releases.ts';
import type { Clock, Log, Meter } from '../ports.ts';
import { logUnreadable } from './log-unreadable.ts';
import { prove } from './prove.ts';

/** What it takes to release tools. */
export interface ReleasePorts {
  readonly stage: string;
  readonly releases: Releases;
  readonly refusals: RefusalsBus;
  readonly meter: Meter;
  readonly log: Log;
  readonly clock: Clock;
}

/** The outcome for one tool. `bad`: its parameters cannot be read. `claimed`: another invocation is releasing it. */
export interface Outcome {
  readonly tool: string;
  readonly kind: 'unchanged' | 'unpinned' | 'live' | 'refused' | 'claimed' | 'bad';
  readonly version?: string;
  readonly why?: string;
}

/**
 * Compares every pin and spec with the live version, and makes newer ones live. It may run at any time. A version that
 * cannot be proven changes nothing for tasks: its refusal is written next to the live version. When a source could not be
 * reached, it throws after every tool has had its turn.
 */
export const releaseAll = async (ports: ReleasePorts): Promise<readonly Outcome[]> => {
  const { pins, bad } = await ports.releases.pins();
  for (const { tool, why } of bad) logUnreadable(ports, 'spec.unreadable', { tool, why });
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

const releaseOne = async (ports: ReleasePorts, found: Pin): Promise<Outcome> => {
  const pin = withoutForeignLive(ports, found);
  const { tool, version, spec, live, liveFault } = pin;
  if (liveFault !== undefined) logUnreadable(ports, 'live.unreadable', { tool, why: liveFault });
  if (version === undefined) return unpin(ports, pin);
  const isPinned = isMadeOf(live, pin);
  if (isPinned && isRegistered(ports, live)) return { tool, kind: 'unchanged', version };
  if (!(await ports.releases.claim(pin, ports.clock.now())))
    return { tool, kind: 'claimed', version };
  return isPinned && live?.release
    ? renew(ports, pin, { ...live, release: live.release })
    : moveTo(ports, pin, { tool, version, spec, ...digestToKeep(pin) });
};

/** Ignores a live record that names the task definition of another tool: the record is then written again. */
const withoutForeignLive = ({ stage, meter, log }: ReleasePorts, found: Pin): Pin => {
  const { live, ...pin } = found;
  const why = live?.release && foreignDefinition({ stage, tool: pin.tool }, live.release);
  if (why === undefined) return found;
  meter('DefinitionsForeign');
  log('error', 'definition.foreign', { tool: pin.tool, why });
  return pin;
};

/**
 * When the pin was removed, its refusal is removed too; the live version stays. The claim names the parameter versions of
 * the live record, so a newer pin that is being released, or was released, is not overwritten.
 */
const unpin = async (ports: ReleasePorts, { live, ...pin }: Pin): Promise<Outcome> => {
  const { tool } = pin;
  const unpinned: Outcome = { tool, kind: 'unpinned' };
  if (live?.refusal === undefined) return unpinned;
  const { refusal: _refusal, ...rest } = live;
  const refused = { ...pin, ...madeOf(live) };
  if (!(await ports.releases.claim(refused, ports.clock.now()))) return { tool, kind: 'claimed' };
  await ports.releases.saveLive(tool, rest);
  await ports.releases.closeClaim(refused);
  return unpinned;
};

const madeOf = ({ pinVersion, specVersion, changedAt }: Live) => ({
  pinVersion,
  specVersion,
  changedAt,
});

/** Whether the live version, if there is one, was registered from the values that it would be registered from now. */
const isRegistered = ({ releases }: ReleasePorts, live: Live | undefined): boolean =>
  live?.release === undefined || live.definitionDigest === releases.definitionDigest(live.release);

/** Registers the live version again, because the deployment has other roles or another registry now. A refusal next to it stays. */
const renew = async (
  ports: ReleasePorts,
  pin: Pin,
  live: Live & { readonly release: Release },
): Promise<Outcome> => {
  const { tool, version } = live.release;
  const proof = await prove(ports, pin, live.release);
  if ('refused' in proof) {
    ports.meter('ReleasesRefused');
    ports.log('error', 'release.refused', { tool, version, why: proof.refused });
    return { tool, kind: 'refused', version, why: proof.refused };
  }
  await ports.releases.saveLive(tool, { ...live, ...liveOf(ports, proof) });
  await ports.releases.closeClaim(pin);
  ports.log('info', 'release.live', { tool, version, imageDigest: proof.imageDigest });
  return { tool, kind: 'live', version };
};

const liveOf = ({ releases }: ReleasePorts, release: Release) => ({
  release,
  definitionDigest: releases.definitionDigest(release),
});

const moveTo = async (
  ports: ReleasePorts,
  pin: Pin,
  asked: UnregisteredRelease,
): Promise<Outcome> => {
  const { tool, version } = asked;
  const proof = await prove(ports, pin, asked);
  if ('refused' in proof) {
    return refuse(ports, pin, { version, why: proof.refused, at: ports.clock.now() });
  }
  await ports.releases.saveLive(tool, { ...liveOf(ports, proof), ...madeOf(pin) });
  await ports.releases.closeClaim(pin);
  ports.log('info', 'release.live', { tool, version, imageDigest: proof.imageDigest });
  return { tool, kind: 'live', version };
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

/** The image of the live version stays as long as its pin: a tag that was pushed again takes effect when it is pinned again. */
const digestToKeep = ({ pinVersion, pinnedAt = 0, version, spec, live }: Pin) => {
  if (live?.pinVersion !== pinVersion || live.changedAt < pinnedAt) return {};
  const { release, refusal } = live;
  const isIt = release?.version === version && release?.spec.image === spec.image;
  // A pin that was refused has not been carried out.
  if (!isIt || refusal?.version === version || release?.imageDigest === undefined) return {};
  return { imageDigest: release.imageDigest };
};

const faultOf = (
  faults: readonly { readonly tool: string; readonly cause: unknown }[],
  all: number,
): Error => {
  const each = faults.map(({ tool, cause }) => `${tool}: ${errorMessage(cause)}`);
  return new Error(
    `${faults.length} of ${all} tools could not be compared with their pins, and are tried again: ${each.join('; ')}`,
    { cause: faults[0]?.cause },
  );
};
