import { type Container, nameOf } from '../container.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Item, Watchers } from '../watchers.ts';
import { describe, hasEnded, type Row, rowIn } from './item.ts';
import { Violation } from './violation.ts';

const minute = 60_000;
/** ECS keeps a client token at least so long after its last task has ended, or was started. */
const tokenMs = 60 * minute;

/** Judges rows by the containers that really live, or have lived. */
export const judgeContainers = (
  worldOf: () => LiveWorld,
  lostFinds: { readonly has: (run: string) => boolean },
) => {
  const versions = new Map<
    string,
    { readonly queuedAt: string; readonly first: Container; readonly image: string }
  >();

  // A restored row may find a run again that is older than its message's last delivery.
  let isRestored = false;
  /** The containers of runs that a restored table has not seen. */
  const unseen = new Set<Container>();

  const rowOf = (taskId: string): Row | undefined => {
    const item = worldOf().cloud.itemOf(taskId);
    return item && rowIn(item);
  };

  const judgeStart = (container: Container): void => {
    const { taskId } = container;
    judgeTwin(container);
    const row = rowOf(taskId);
    if (row === undefined) {
      if (isRestored) return;
      throw new Violation(
        'row first',
        `container ${nameOf(container)} started, and there is no row of its task`,
      );
    }
    if (row.run !== container.run || row.phase === 'QUEUED') return;
    if (hasEnded(row)) judgeAfterEnd(container, row);
    else judgeCurrent(container, row);
  };

  /** Each run has one container: its order is sent again only as long as ECS knows the token of it. */
  const judgeTwin = (container: Container): void => {
    const twin = worldOf().cloud.containers.all.find(
      (one) => one !== container && nameOf(one) === nameOf(container),
    );
    if (twin === undefined || isRestored || isExcused(container)) return;
    throw new Violation(
      'one run',
      `container ${nameOf(container)} started as ${container.taskArn}, and that run had started as ${twin.taskArn} before`,
    );
  };

  const judgeAfterEnd = (container: Container, row: Row): void => {
    if (row.phase === 'CANCELLED' && !isExcused(container) && !isRestored)
      throw new Violation(
        'cancelled',
        `container ${nameOf(container)} started after ${describe(row)} was written`,
      );
  };

  const judgeCurrent = (container: Container, row: Row): void => {
    judgeVersion(container, row);
    const other = worldOf()
      .cloud.containers.living()
      .find((one) => isRival(container, one));
    if (other !== undefined)
      throw new Violation(
        'one run',
        `container ${nameOf(container)} started while ${nameOf(other)} was alive`,
      );
  };

  /** Whether another container of the same task lives that Davit should have known. */
  const isRival = (container: Container, other: Container): boolean => {
    if (other === container || other.taskId !== container.taskId || isExcused(other)) return false;
    return other.run !== container.run || container.startedAt - other.startedAt <= tokenMs;
  };

  const isAhead = ({ run }: Container, row: Row): boolean =>
    run > row.run || (run === row.run && row.phase === 'QUEUED');

  /** ECS had refused it, or had said that it is gone, before it was there. */
  const isExcused = (container: Container): boolean => {
    const { refusedYetStarted } = worldOf().cloud;
    const name = nameOf(container);
    return unseen.has(container) || refusedYetStarted.has(name) || lostFinds.has(name);
  };

  /** A task keeps its version, its image and its input over all its runs, until it is redriven (invariant 4). */
  const judgeVersion = (container: Container, row: Row): void => {
    const image = worldOf().cloud.imageOf(container.image);
    const known = versions.get(row.taskId);
    if (known === undefined || known.queuedAt !== row.queuedAt) {
      versions.set(row.taskId, { queuedAt: row.queuedAt, first: container, image });
      return;
    }
    const { first } = known;
    if (first.version !== container.version || known.image !== image)
      throw new Violation(
        'version',
        `container ${nameOf(container)} is ${image}, and ${nameOf(first)} was ${known.image}`,
      );
    if (first.input !== container.input)
      throw new Violation(
        'input',
        `container ${nameOf(container)} got ${container.input}, and ${nameOf(first)} had ${first.input}`,
      );
  };

  /** The ECS task that a row names was started for its run. */
  const judgeOwner = (row: Row): void => {
    if (row.ecsTaskArn === undefined || hasEnded(row)) return;
    const startedBy = worldOf().cloud.taskOf(row.ecsTaskArn)?.startedBy;
    if (startedBy === undefined || startedBy === `${row.taskId}/${row.run}`) return;
    throw new Violation(
      'one run',
      `${describe(row)} names ${row.ecsTaskArn}, which was started for ${startedBy}`,
    );
  };

  const runsOf = (row: Row): readonly Container[] =>
    worldOf().cloud.containers.all.filter(
      ({ taskId, startedAt }) =>
        taskId === row.taskId && (isRestored || startedAt >= Date.parse(row.queuedAt) - 10_000),
    );

  const judgeEnd = (before: Row | undefined, after: Row): void => {
    if (!hasEnded(after) || (before !== undefined && hasEnded(before))) return;
    const own = runsOf(after).filter(({ run }) => run === after.run);
    // A restored table has not seen every run.
    if (after.phase === 'CANCELLED' && !isRestored) judgeCancelled(after, own);
    if (after.phase === 'SUCCEEDED' && !own.some((container) => hasSucceeded(container)))
      throw new Violation(
        'succeeded',
        `${describe(after)} was written, and no container of it has succeeded`,
      );
  };

  const judgeCancelled = (row: Row, own: readonly Container[]): void => {
    const alive = own.find((container) => container.end === undefined && !isExcused(container));
    if (alive)
      throw new Violation(
        'cancelled',
        `${describe(row)} was written, and container ${nameOf(alive)} is alive`,
      );
  };

  const hasSucceeded = ({ taskArn, tool, end }: Container): boolean => {
    const { cloud, plan } = worldOf();
    const rules = plan.tools.find(({ name }) => name === tool)?.spec.exitCodes ?? {};
    const code = end?.exitCode;
    const isGood = code === 0 || (code !== undefined && rules[String(code)] === 'succeed');
    const stopCode = cloud.taskOf(taskArn)?.stopCode;
    // Exit 0 after SIGTERM counts where Davit itself asked for the stop.
    return isGood && stopCode !== 'SpotInterruption' && stopCode !== 'TerminationNotice';
  };

  const watchers: Pick<Watchers, 'written'> = {
    written: (beforeItem: Item | undefined, afterItem: Item) => {
      const after = rowIn(afterItem);
      if (after === undefined) return;
      const before = beforeItem && rowIn(beforeItem);
      judgeOwner(after);
      judgeEnd(before, after);
    },
  };

  return {
    watchers,
    /** The containers of a task since it was queued last. */
    runsOf,
    /** Called when ECS has started a container. */
    started: judgeStart,
    /** After the table was restored, a task may get another version than before. */
    forget: (): void => {
      isRestored = true;
      for (const container of worldOf().cloud.containers.living()) {
        const row = rowOf(container.taskId);
        if (row === undefined || isAhead(container, row)) unseen.add(container);
      }
      versions.clear();
    },
    atEnd: (): void => {
      const { cloud } = worldOf();
      // Davit counts what no row has launched, and leaves it alone: the table may have been restored from a backup.
      const alive = cloud.containers
        .living()
        .find((one) => cloud.itemOf(one.taskId) !== undefined && !unseen.has(one));
      const what = alive && `container ${nameOf(alive)} is still alive when everything has ended`;
      if (what) throw new Violation('nothing stays', what);
    },
  };
};
