import type { EffectOf } from '../core/effect.ts';
import { errorMessage } from '../core/error-message.ts';
import type { VersionRecord } from '../core/release.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { countedIn, hasBroken } from '../core/version-health.ts';
import type { Versions } from '../ports/versions.ts';
import type { Bus, Log, Meter, Sent } from '../ports.ts';
import { logUnreadable } from './log-unreadable.ts';

/** What it takes to count on a version's record what a run showed of it. */
export interface CountPorts {
  readonly versions: Versions;
  readonly bus: Bus;
  readonly meter: Meter;
  readonly log: Log;
}

/** A writer may lose a few races for a record that all runs of a version write. */
const mostLosses = 25;

/**
 * Counts on the record of a version what a run of it showed. When that makes the version broken, an event on the bus says so, and
 * `release` reads it: the effect stays until the event is on the bus. A record that is gone or cannot be read counts nothing, and
 * release writes it again with the next pin.
 */
export const countRun = async (
  ports: CountPorts,
  taskId: string,
  effect: EffectOf<'count'>,
): Promise<Sent> => {
  try {
    return await countOnce(ports, taskId, effect);
  } catch (error) {
    const why = errorMessage(error);
    if (!(error instanceof UnreadableRow)) return { kind: 'failed', why };
    logUnreadable(ports, 'version.unreadable', { tool: effect.tool, why });
    return { kind: 'sent' };
  }
};

const countOnce = async (
  ports: CountPorts,
  taskId: string,
  effect: EffectOf<'count'>,
): Promise<Sent> => {
  const { tool, version } = effect;
  for (let losses = 0; losses < mostLosses; losses += 1) {
    const was = await ports.versions.readVersion(tool, version);
    if (was === undefined) return { kind: 'sent' };
    const next = countedIn(was, taskId, effect);
    const isSaved = next === was || (await ports.versions.saveVersion(next, was));
    if (!isSaved) continue;
    // Without a change the run may have been counted by a function that ended before it had put the event on the bus.
    const isNews = next === was || was.broken === undefined;
    return isNews && effect.saw === 'failedStart' && hasBroken(next, taskId, effect.run)
      ? tellBroken(ports, next)
      : { kind: 'sent' };
  }
  return { kind: 'failed', why: `another writer of the version was faster ${mostLosses} times` };
};

const tellBroken = async (
  { bus, meter, log }: CountPorts,
  { tool, version, broken: why = '', brokenAt: at = 0 }: VersionRecord,
): Promise<Sent> => {
  const sent = await bus.putBroken({ tool, version, why, at });
  if (sent.kind !== 'sent') return sent;
  meter('VersionsBroken');
  log('error', 'version.broken', { tool, version, why });
  return sent;
};
