import type { LiveWorld } from '../live-world.ts';
import { describe, rowIn } from './item.ts';
import { Violation } from './violation.ts';

const minute = 60_000;
/** Two sweeps, and ECS's own time. */
const graceMs = 12 * minute;

/**
 * Judges, in a world that has been calm for a while, that ECS is asked to stop what does not start within its `startTimeout`. The
 * time counts from ECS's answer: as long as that is in doubt, Davit does not know that anything starts.
 */
export const judgeStarts = ({ cloud, plan, timeline }: LiveWorld): void => {
  if (timeline.now() < plan.calmAt + graceMs) return;
  for (const { startedBy = '', createdAt } of cloud.starting()) {
    const item = cloud.itemOf(startedBy.split('/')[0] ?? '');
    const row = item && rowIn(item);
    const spec = plan.tools.find(({ name }) => name === row?.tool)?.spec;
    if (row === undefined || spec === undefined || cloud.isSpoilt(row.taskId)) continue;
    const knownAt = row.acceptedAt === undefined ? createdAt : Date.parse(row.acceptedAt);
    const startsMs = timeline.now() - Math.max(createdAt, knownAt);
    if (startsMs > spec.startTimeoutMs + graceMs)
      throw new Violation(
        'timeout',
        `ECS has been starting ${startedBy} for ${startsMs / minute} min, ${spec.startTimeoutMs / minute} are allowed, and ${describe(row)} has not stopped it`,
      );
  }
};
