import { errorMessage } from '../core/error-message.ts';
import { afterLook, counted, isRemovable, isUncounted, uncounted } from '../core/limit-mend.ts';
import { termsOf, toolOfLimit } from '../core/limit-name.ts';
import { marked, withTerms } from '../core/limit-queues.ts';
import type { ToolState } from '../core/tool.ts';
import type { Limits } from '../ports/limits.ts';
import type { InPhase, Tools } from '../ports.ts';
import { bringBack } from './bring-back.ts';
import { currentRuns, lookAt } from './look-at-limit.ts';
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
  const limit = await ports.limits.read(name);
  const tool = toolOfLimit(name);
  if (limit === undefined || tool === undefined) return;
  const state = await ports.tools.find(tool);
  const terms = state.kind === 'known' ? termsOf(state.spec) : undefined;
  const isRemoved = state.kind === 'unknown' || (state.kind === 'known' && terms === undefined);
  await bringBack(ports, limit);
  const look = await lookAt(
    ports,
    limit,
    current?.filter((one) => one.tool === tool),
  );
  const now = ports.clock.now();
  const isFull = look.current !== undefined && isUncounted(limit, at);
  const isWaiting = (await ports.limits.waiting(name, { most: 1 })) !== undefined;
  const mended = await ports.places.mend(
    name,
    (found) => {
      const known = terms ? withTerms(found, terms) : found;
      const looked = afterLook(known, look);
      if (isRemoved) return uncounted(looked, now);
      const open = isFull ? counted(looked, now) : looked;
      return isWaiting ? marked(open, tool, now) : open;
    },
    isHandedOut(state),
  );
  if (!isRemoved || mended === undefined) return;
  if (isWaiting) await ringFreed(ports, mended, round);
  else if (isRemovable(mended, limit, now)) await ports.limits.remove(mended);
};

/** While the whole tool is held back, a place would only be given back. */
const isHandedOut = (state: ToolState): boolean =>
  state.kind === 'known' &&
  state.paused === undefined &&
  state.allPaused === undefined &&
  termsOf(state.spec) !== undefined;
