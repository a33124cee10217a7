import { errorMessage } from '../core/error-message.ts';
import type { Pin } from '../core/release.ts';
import type { Live, Release } from '../core/tool.ts';
import { isMadeOf } from '../core/tool.ts';
import { betterThan } from './fall-back.ts';
import { logUnreadable } from './log-unreadable.ts';
import {
  fallBack,
  liveOf,
  madeOf,
  moveTo,
  type Outcome,
  type ReleasePorts,
  withoutForeignLive,
} from './move-live.ts';
import { prove } from './prove.ts';

/**
 * Compares every pin and spec with the live version, and makes newer ones live. It may run at any time. A version that
 * cannot be proven changes nothing for tasks: its refusal is written next to the live version. From a version that became broken
 * it moves back to the last one that succeeded. When a source could not be reached, it throws after every tool has had its turn.
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
  const isKept = isPinned && isRegistered(ports, live);
  const better = isKept && live ? await betterThan(ports, pin, live) : undefined;
  if (isKept && better === undefined) return { tool, kind: 'unchanged', version };
  if (!(await ports.releases.claim(pin, ports.clock.now())))
    return { tool, kind: 'claimed', version };
  if (better?.kind === 'back') return fallBack(ports, pin, better);
  if (better) return moveTo(ports, pin, better.to);
  return isPinned && live?.release
    ? renew(ports, pin, { ...live, release: live.release })
    : moveTo(ports, pin, { tool, version, spec, ...digestToKeep(pin) });
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
  const { release } = proof;
  await ports.releases.saveLive(tool, { ...live, ...liveOf(ports, release) });
  await ports.releases.closeClaim(pin);
  ports.log('info', 'release.live', { tool, version, imageDigest: release.imageDigest });
  return { tool, kind: 'live', version };
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
