import type { Queued } from './task.ts';
import type { Placement, ToolSpec } from './tool.ts';
import { isSpot } from './tool.ts';

/**
 * The placements for the next run, the best one first: the next of the list after no capacity or a start that took too long, and the same one
 * after a failure of the platform. After a reclaim, Spot placements are skipped if the tool has another one.
 */
export const placementsInTurn = (
  task: Pick<Queued, 'runs' | 'reclaims'>,
  spec: ToolSpec,
): readonly Placement[] => {
  const [first = 'cpu', ...others] = spec.placements;
  const steady = [first, ...others].filter((placement) => !isSpot(placement));
  const list = task.reclaims > 0 && steady.length > 0 ? steady : [first, ...others];
  const last = task.runs.at(-1);
  const stays = last?.verdict === 'platform' && list.includes(last.placement);
  const moveOn = last?.verdict === 'capacity' || last?.verdict === 'startTimeout';
  const at = stays ? list.indexOf(last.placement) : moveOn ? list.indexOf(last.placement) + 1 : 0;
  return [...list.slice(at), ...list.slice(0, at)];
};
