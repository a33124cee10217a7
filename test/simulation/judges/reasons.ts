import { type Container, nameOf } from '../container.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Watchers } from '../watchers.ts';
import { describe, hasEnded, type Row, rowIn } from './item.ts';
import { wasRestored } from './messages.ts';
import { Violation } from './violation.ts';

/** Judges that nothing is stopped, cancelled, rejected or held without a cause that the world really had. */
export const judgeReasons = (worldOf: () => LiveWorld): Pick<Watchers, 'written' | 'stopTaken'> => {
  /** The runs that their rows have asked to stop: `task-1/2`. */
  const asked = new Set<string>();
  return {
    written: (beforeItem, afterItem) => {
      const after = rowIn(afterItem);
      if (after === undefined) return;
      if (after.hasStopping) asked.add(`${after.taskId}/${after.run}`);
      const before = beforeItem && rowIn(beforeItem);
      const world = worldOf();
      const isCancelled = after.phase === 'CANCELLED' && before?.phase !== 'CANCELLED';
      if (isCancelled && !wasAsked(world, after.taskId))
        throw new Violation('reasons', `${describe(after)}, and nothing asked for it`);
      if (after.phase === 'REJECTED') judgeRejection(world, after);
      judgeHold(after);
    },
    stopTaken: (ecsTaskArn) => {
      const { cloud } = worldOf();
      const container = cloud.containers.all.find(({ taskArn }) => taskArn === ecsTaskArn);
      if (container === undefined || container.end !== undefined) return;
      const item = cloud.itemOf(container.taskId);
      const row = item && rowIn(item);
      // Who had written that just before the table was restored asks ECS after it.
      if (wasRestored(worldOf()) && asked.has(nameOf(container))) return;
      if (row !== undefined) judgeStop(worldOf(), container, row);
      else
        throw new Violation(
          'reasons',
          `container ${nameOf(container)} was stopped, and no row knows its task`,
        );
    },
  };
};

const judgeStop = (world: LiveWorld, container: Container, row: Row): void => {
  if (isAhead(container, row))
    throw new Violation(
      'reasons',
      `container ${nameOf(container)} was stopped, and ${describe(row)} is older than its run`,
    );
  // Who read the row just before the table was restored asks after it.
  if (isCurrent(container, row) && !row.hasStopping && !wasRestored(world))
    throw new Violation(
      'reasons',
      `container ${nameOf(container)} was stopped, and ${describe(row)} gives no reason`,
    );
};

/** The row has not launched that run: the table was restored from a backup. */
const isAhead = ({ run }: Container, row: Row): boolean =>
  run > row.run || (run === row.run && row.phase === 'QUEUED');

/** The row is about this container, or will be when an answer of ECS names it. */
const isCurrent = ({ run, taskArn }: Container, row: Row): boolean =>
  row.run === run && (row.phase === 'LAUNCHING' || (!hasEnded(row) && row.ecsTaskArn === taskArn));

const judgeHold = (row: Row): void => {
  // After a semicolon, the sentence is about the outbox.
  const isThrottle = /^[^;]*Rate exceeded/.test(row.waitingFor ?? '');
  if (isThrottle && /^(version|deployment)/.test(row.heldBy ?? ''))
    throw new Violation(
      'reasons',
      `${describe(row)} waits for ${row.heldBy}, though ECS only had too many calls`,
    );
};

const wasAsked = ({ plan, timeline }: LiveWorld, taskId: string): boolean =>
  plan.happenings.some(
    (one) =>
      one.kind === 'play' &&
      one.fact.kind === 'cancelAsked' &&
      one.taskId === taskId &&
      one.at <= timeline.now(),
  );

const judgeRejection = ({ plan }: LiveWorld, row: Row): void => {
  const tool = plan.tools.find(({ name }) => row.reason?.includes(`there is no tool "${name}"`));
  if (tool !== undefined)
    throw new Violation('reasons', `${describe(row)} says that there is no tool "${tool.name}"`);
};
