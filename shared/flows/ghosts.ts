import { type ComparisonPlace, ghostDecision, withSuspects } from '../core/comparison.ts';
import type { Fact } from '../core/fact.ts';
import { runNamed } from '../core/run-name.ts';
import { step } from '../core/step.ts';
import type { Task } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import type { Described } from '../ports.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import type { ComparePorts } from './compare.ts';
import { eachOrSetback, withGrace } from './each-or-setback.ts';
import { applySighting } from './settle.ts';

/** A container that a row does not call its own, and will stop when it is told of it. */
export interface Ghost {
  /** The last part of its ARN. */
  readonly id: string;
  readonly createdAt: number;
  readonly task: Task;
  readonly fact: Fact;
}

/**
 * The row is asked itself: the run may be current and only the index late, then it is told at once. One that no row
 * knows is logged and counted, since the table may be older than the cluster. What is left is a ghost.
 */
export const lookAtStranger = async (
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
    // Reads of ECS lag: of a run that has ended this may be the past.
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

/** Stops ghosts, up to the bound; answers the place with those noted that the next sweep may then stop. */
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
