import type { Fact } from '../core/fact.ts';
import { step } from '../core/step.ts';
import type { Task } from '../core/task.ts';
import { isEnded, runNamed } from '../core/task.ts';
import type { Described, InPhase } from '../ports.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import type { SendPorts } from './launch.ts';
import { eachAtMost } from './pace.ts';
import { tellSeen } from './settle.ts';

const atOnce = 20;
/** A run younger than this may be one whose row is just being written. */
const ghostAgeMs = 3 * 60_000;
/** Ghosts stopped in one sweep: more of them at once mean that the table is wrong, not the cluster. */
const mostGhosts = (living: number): number => Math.max(10, Math.floor(living / 20));

/**
 * The table against the cluster, both ways; rows of which ECS says what they say are neither read nor written. What has
 * not begun when the time is over is left to the next sweep.
 */
export const compare = async (sweepPorts: SendPorts, isOver: () => boolean): Promise<void> => {
  const ports = { ...sweepPorts, isOver };
  const [starting, running] = await Promise.all([
    ports.tasks.inPhase('STARTING'),
    ports.tasks.inPhase('RUNNING'),
  ]);
  await compareRows(ports, [
    ...starting.map((row) => ({ ...row, status: 'starting' as const })),
    ...running.map((row) => ({ ...row, status: 'running' as const })),
  ]);
  if (!isOver()) await compareCluster(ports, [...starting, ...running]);
};

interface ComparePorts extends SendPorts {
  readonly isOver: () => boolean;
}

interface Expected extends InPhase {
  readonly status: 'starting' | 'running';
}

const compareRows = async (ports: ComparePorts, rows: readonly Expected[]): Promise<void> => {
  const byArn = new Map(rows.flatMap((row) => (row.ecsTaskArn ? [[row.ecsTaskArn, row]] : [])));
  if (byArn.size === 0) return;
  const { found, missing } = await ports.runs.describe([...byArn.keys()]);
  const news = found.filter((sighting) => {
    const row = byArn.get(sighting.ecsTaskArn);
    return row?.status !== sighting.status || row.isMissed;
  });
  await eachOrTold(ports, news, (sighting) =>
    tellNews(ports, byArn.get(sighting.ecsTaskArn), sighting),
  );
  await eachOrTold(ports, missing, (arn) => tellMissing(ports, byArn.get(arn), arn));
};

const tellNews = async (
  ports: SendPorts,
  row: Expected | undefined,
  sighting: Described,
): Promise<void> => {
  const task = row && (await ports.tasks.read(row.taskId));
  if (row && task) await tellSeen(ports, task, { run: row.run, sighting }, 'EndedBySweep');
};

const tellMissing = async (
  ports: SendPorts,
  row: Expected | undefined,
  ecsTaskArn: string,
): Promise<void> => {
  const task = row && (await ports.tasks.read(row.taskId));
  if (!row || !task) return;
  const told = await advance(ports, task, { kind: 'missing', run: row.run, ecsTaskArn });
  if (told.kind === 'moved') await carryOut(ports, told.task);
};

const compareCluster = async (ports: ComparePorts, rows: readonly InPhase[]): Promise<void> => {
  const known = new Set(rows.map((row) => row.ecsTaskArn));
  const living = await ports.runs.list();
  const strangers = living.filter((arn) => !known.has(arn));
  if (strangers.length === 0) return;
  const { found } = await ports.runs.describe(strangers);
  const old = found.filter((seen) => seen.status !== 'stopped' && isOld(seen, ports.clock.now()));
  const looks = await eachOrTold(ports, old, (sighting) => lookAtStranger(ports, sighting));
  const ghosts = looks.flatMap((look) => (look === undefined ? [] : [look]));
  const limit = mostGhosts(living.length);
  if (ghosts.length > limit) {
    ports.meter('UnknownTasks', ghosts.length);
    ports.tell('error', 'sweep.tooManyGhosts', { found: ghosts.length, limit });
    return;
  }
  await eachOrTold(ports, ghosts, (ghost) => stopGhost(ports, ghost));
};

const isOld = ({ createdAt }: Described, now: number): boolean =>
  createdAt !== undefined && now - createdAt > ghostAgeMs;

/** A container that a row does not call its own, and will stop when it is told of it. */
interface Ghost {
  readonly task: Task;
  readonly fact: Fact;
}

/**
 * The row is asked itself: the run may be current and only the index late, then it is told at once. One that no row
 * knows is told to somebody, since the table may be older than the cluster. What is left is a ghost.
 */
const lookAtStranger = async (
  ports: SendPorts,
  sighting: Described,
): Promise<Ghost | undefined> => {
  const named = runNamed(sighting.startedBy);
  if (named === undefined) return undefined;
  const task = await ports.tasks.read(named.taskId);
  const fact = { kind: 'seen', run: named.run, sighting } as const;
  if (task === undefined || isAhead(task, named.run)) {
    ports.meter('UnknownTasks');
    const { ecsTaskArn, startedBy } = sighting;
    ports.tell('error', 'sweep.unknownTask', { ecsTaskArn, startedBy });
    return undefined;
  }
  if (!isCurrent(task, named.run, sighting.ecsTaskArn)) {
    // Reads of ECS lag: of a run that has ended this may be the past.
    return step(task, fact, ports.clock.now()).kind === 'ignored' ? undefined : { task, fact };
  }
  await tellSeen(ports, task, fact, 'EndedBySweep');
  return undefined;
};

const isAhead = (task: Task, run: number): boolean =>
  run > task.run || (run === task.run && task.phase === 'QUEUED');

const isCurrent = (task: Task, run: number, ecsTaskArn: string): boolean =>
  !isEnded(task) &&
  task.run === run &&
  (task.phase === 'LAUNCHING' || ('ecsTaskArn' in task && task.ecsTaskArn === ecsTaskArn));

const stopGhost = async (ports: SendPorts, { task, fact }: Ghost): Promise<void> => {
  const told = await advance(ports, task, fact);
  if (told.kind !== 'moved') return;
  ports.meter('GhostsStopped');
  await carryOut(ports, told.task);
};

/** What fails for one is told, and is no reason to leave the others. */
const eachOrTold = async <Item, Answer>(
  ports: ComparePorts,
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<readonly (Answer | undefined)[]> => {
  const outcomes = await eachAtMost(items, atOnce, async (item) =>
    ports.isOver() ? undefined : work(item),
  );
  return outcomes.map((outcome) => {
    if (outcome.status === 'fulfilled') return outcome.value;
    const { reason } = outcome;
    const why = reason instanceof Error ? reason.message : String(reason);
    ports.meter('SweepSetbacks');
    ports.tell('error', 'sweep.setback', { why });
    return undefined;
  });
};
