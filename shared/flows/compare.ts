import { runNamed } from '../core/task.ts';
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

/** The table against the cluster, both ways; rows of which ECS says what they say are neither read nor written. */
export const compare = async (ports: SendPorts): Promise<void> => {
  const [starting, running] = await Promise.all([
    ports.tasks.inPhase('STARTING'),
    ports.tasks.inPhase('RUNNING'),
  ]);
  await compareRows(ports, [
    ...starting.map((row) => ({ ...row, status: 'starting' as const })),
    ...running.map((row) => ({ ...row, status: 'running' as const })),
  ]);
  await compareCluster(ports, [...starting, ...running]);
};

interface Expected extends InPhase {
  readonly status: 'starting' | 'running';
}

const compareRows = async (ports: SendPorts, rows: readonly Expected[]): Promise<void> => {
  const byArn = new Map(rows.flatMap((row) => (row.ecsTaskArn ? [[row.ecsTaskArn, row]] : [])));
  if (byArn.size === 0) return;
  const { found, missing } = await ports.runs.describe([...byArn.keys()]);
  const news = found.filter(
    (sighting) => byArn.get(sighting.ecsTaskArn)?.status !== sighting.status,
  );
  await eachAtMost(news, atOnce, (sighting) =>
    tellNews(ports, byArn.get(sighting.ecsTaskArn), sighting),
  );
  await eachAtMost(missing, atOnce, (arn) => tellMissing(ports, byArn.get(arn), arn));
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

const compareCluster = async (ports: SendPorts, rows: readonly InPhase[]): Promise<void> => {
  const known = new Set(rows.map((row) => row.ecsTaskArn));
  const living = await ports.runs.list();
  const strangers = living.filter((arn) => !known.has(arn));
  if (strangers.length === 0) return;
  const { found } = await ports.runs.describe(strangers);
  const now = ports.clock.now();
  const old = found.filter(
    (seen) =>
      seen.status !== 'stopped' &&
      seen.createdAt !== undefined &&
      now - seen.createdAt > ghostAgeMs,
  );
  const limit = mostGhosts(living.length);
  if (old.length > limit) {
    ports.meter('UnknownTasks', old.length);
    ports.tell('error', 'sweep.tooManyGhosts', { found: old.length, limit });
    return;
  }
  await eachAtMost(old, atOnce, (sighting) => lookAtStranger(ports, sighting));
};

/** The row is asked itself: the run may be current and only the index late; a row's earlier run is stopped; one that no row knows is told, since the table may be older than the cluster. */
const lookAtStranger = async (ports: SendPorts, sighting: Described): Promise<void> => {
  const named = runNamed(sighting.startedBy);
  if (named === undefined) return;
  const task = await ports.tasks.read(named.taskId);
  const told = task && (await advance(ports, task, { kind: 'seen', run: named.run, sighting }));
  if (told?.kind === 'moved') {
    if (told.task.outbox.some((effect) => effect.kind === 'stop')) ports.meter('GhostsStopped');
    await carryOut(ports, told.task);
    return;
  }
  if (task === undefined || named.run > task.run) {
    ports.meter('UnknownTasks');
    const facts = { ecsTaskArn: sighting.ecsTaskArn, startedBy: sighting.startedBy };
    ports.tell('error', 'sweep.unknownTask', facts);
  }
};
