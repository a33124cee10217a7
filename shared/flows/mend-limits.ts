import { errorMessage } from '../core/error-message.ts';
import type { Limit } from '../core/limit.ts';
import { afterLook, counted, isRemovable, isUncounted, uncounted } from '../core/limit-mend.ts';
import { holdAt, stageLimit, toolOfLimit } from '../core/limit-name.ts';
import {
  heldAtStage,
  marked,
  queuesOf,
  withoutIdleTools,
  withTerms,
} from '../core/limit-queues.ts';
import type { Limits } from '../ports/limits.ts';
import type { InPhase, Tools } from '../ports.ts';
import { bringBack } from './bring-back.ts';
import { type LimitToday, limitToday } from './limit-today.ts';
import { currentRuns, lookAt } from './look-at-limit.ts';
import { withQueuedTools } from './queued-tools.ts';
import { ringFreed } from './ring-freed.ts';
import type { SendPorts } from './send-order.ts';
import type { Round } from './visit-due.ts';

/** What it takes to bring limits in line with the rows. */
export interface LimitPorts extends SendPorts {
  readonly limits: Limits;
  readonly tools: Tools;
}

/**
 * Brings every limit in line with its rows: hands out free places, takes back those of runs that are over, counts runs that
 * were launched without a place, and follows `tools.yml`. Without limits, this is one query.
 */
export const mendLimits = async (ports: LimitPorts, round: Round): Promise<void> => {
  const names = await ports.limits.names();
  if (names.length === 0 || round.isOver()) return;
  const at = ports.clock.now();
  const current = await currentRuns(ports, round);
  for (const name of names) {
    if (round.isOver()) return;
    try {
      await mendLimit(ports, { name, current, at, round });
    } catch (error) {
      ports.meter('SweepSetbacks');
      ports.log('warn', 'sweep.setback', { limit: name, why: errorMessage(error) });
    }
  }
};

interface Mending {
  readonly name: string;
  /** What the index by phase shows of all current runs; undefined when there was no time for all of it. */
  readonly current: readonly InPhase[] | undefined;
  /** When that reading began. */
  readonly at: number;
  readonly round: Round;
}

const mendLimit = async (
  ports: LimitPorts,
  { name, current, at, round }: Mending,
): Promise<void> => {
  const stored = await ports.limits.read(name);
  const limit = stored && (await withQueuedTools(ports, stored, round));
  const today = limit && (await limitToday(ports, limit));
  if (limit === undefined || today === undefined) return;
  const { terms, isRemoved } = today;
  await bringBack(ports, limit);
  const look = await lookAt(
    ports,
    limit,
    current?.filter((one) => isOf(name, one)),
  );
  const now = ports.clock.now();
  // Without its terms of today, nobody knows how many places there are.
  const isFull = look.current !== undefined && terms !== undefined && isUncounted(limit, at);
  const waiting = await waitingIn(ports, limit);
  const mended = await ports.places.mend(
    name,
    (found) => {
      const known = terms ? withTerms(found, terms) : found;
      const looked = afterLook(known, look);
      if (isRemoved) return uncounted(looked, now);
      const open = isFull ? counted(looked, now) : looked;
      const seen = waiting.reduce((each, tool) => marked(each, tool, now), open);
      return withoutIdleTools(withPauses(seen, today));
    },
    // While the whole tool is held back, a place would only be given back.
    terms !== undefined && today.running.length > 0,
  );
  if (!isRemoved || mended === undefined) return;
  for (const tool of waiting) await ringFreed(ports, holdAt(name, tool), round);
  if (waiting.length === 0 && isRemovable(mended, limit, now)) await ports.limits.remove(mended);
};

/** Whether a run is counted in this limit. */
const isOf = (name: string, { tool }: InPhase): boolean =>
  name === stageLimit || tool === toolOfLimit(name);

/** The tools of a limit whose tasks wait for it, as the index shows it. */
const waitingIn = async (
  { limits }: Pick<LimitPorts, 'limits'>,
  limit: Limit,
): Promise<readonly string[]> => {
  const asked = await Promise.all(
    queuesOf(limit).map(async ({ tool }) => {
      const page = await limits.waiting(holdAt(limit.name, tool), { most: 1 });
      return page === undefined ? [] : [tool];
    }),
  );
  return asked.flat();
};

const withPauses = (limit: Limit, { paused, running }: LimitToday): Limit => {
  const held = paused.reduce((each, tool) => heldAtStage(each, tool, true), limit);
  return running.reduce((each, tool) => heldAtStage(each, tool, false), held);
};
