import type { Kept } from './state.ts';
import type { EcsTask } from './task.ts';
import { draw, type Turn } from './turn.ts';

/** How old the state is that one read shows. */
export const readLagMs = (turn: Turn): number => draw(turn, turn.state.options.readLagMs);

/** The task as it was `lagMs` ago; undefined before it was created. */
export const taskAsRead = (
  turn: Turn,
  kept: Kept | undefined,
  lagMs: number,
): EcsTask | undefined => {
  if (kept === undefined) return undefined;
  const at = turn.now - lagMs;
  if (lagMs > 0 && at < kept.task.createdAt) return undefined;
  return kept.past.find((view) => view.until > at)?.task ?? kept.task;
};
