import { type ComparisonPlace, ghostDecision, withSuspects } from '../core/comparison.ts';
import type { Fact } from '../core/fact.ts';
import { runNamed } from '../core/run-name.ts';
import { step } from '../core/step.ts';
import type { Task } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import type { Described } from '../ports/runs.ts';
import { advance } from './advance.ts';
import { applySighting } from './apply-sighting.ts';
import { carryOut } from './carry-out.ts';
import type { ComparePorts } from './compare-ports.ts';
import { eachOrSetback, withGrace } from './each-or-setback.ts';

/** An ECS task that its row does not name. The row stops it when `fact` is applied. */
export interface Ghost {
  /** The last part of its ARN. */
  readonly id: string;
  readonly createdAt: number;
  readonly task: Task;
  readonly fact: Fact;
}

/**
 * Checks an ECS task that no row of the index names against its row itself. If the run is current, the index was only late,
 * and the sighting is applied. If there is no row, that is logged and counted: the table may be older than the cluster. All
 * others are ghosts.
 */
export const checkUnnamed = async (
  ports: ComparePorts,
  sighting: Described,
): Promise<Ghost | undefined> => {
  const named = runNamed(sighting.startedBy);
  if (named === undefined) return undefined;
  const { ecsTaskArn, startedBy, createdAt = 0 } = sighting;
  const task = await ports.tasks.read(named.taskId);
  const fact = { kind: 'seen', run: named.run, sighting } as const;
  if (task === undefined || isAhead(task, named.run)) {
    ports.meter('UnknownTasks');
    ports.log('error', 'sweep.unknownTask', { ecsTaskArn, startedBy });
    return undefined;
  }
  if (!isCurrent(task, named.run, ecsTaskArn)) {
    // ECS may describe an earlier state: a run that has ended is not a ghost.
    if (step(task, fact, ports.clock.now()).kind === 'ignored') return undefined;
    return { id: ecsTaskArn.split('/').at(-1) ?? ecsTaskArn, createdAt, task, fact };
  }
  await applySighting(ports, task, fact, 'EndedBySweep');
  return undefined;
};

interface Found {
  /** Oldest first. */
  readonly ghosts: readonly Ghost[];
  readonly place: ComparisonPlace;
  readonly isOver: () => boolean;
}

/** Stops ghosts, up to the limit. Answers the place, with the ghosts that the next sweep may stop. */
export const stopGhosts = async (
  ports: ComparePorts,
  { ghosts, place, isOver }: Found,
): Promise<ComparisonPlace> => {
  const { stop, left, limit } = ghostDecision(ghosts, place);
  const isLate = withGrace(ports, isOver);
  const { isCut } = await eachOrSetback(ports, { items: stop, isOver: isLate }, (ghost) =>
    stopGhost(ports, ghost),
  );
  if (left.length === 0) return isCut ? withSuspects(place, stop) : place;
  ports.meter('GhostsLeft', left.length);
  const facts = { found: ghosts.length, limit, left: left.length };
  ports.log('error', 'sweep.tooManyGhosts', facts);
  return withSuspects(place, isCut ? ghosts : left);
};

const isAhead = (task: Task, run: number): boolean =>
  run > task.run || (run === task.run && task.phase === 'QUEUED');

const isCurrent = (task: Task, run: number, ecsTaskArn: string): boolean =>
  !isEnded(task) &&
  task.run === run &&
  (task.phase === 'LAUNCHING' || ('ecsTaskArn' in task && task.ecsTaskArn === ecsTaskArn));

const stopGhost = async (ports: ComparePorts, { task, fact }: Ghost): Promise<void> => {
  const advanced = await advance(ports, task, fact);
  if (advanced.kind !== 'moved') return;
  ports.meter('GhostsStopped');
  await carryOut(ports, advanced.task);
};
