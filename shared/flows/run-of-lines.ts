import type { RefusedLine, SpokenLine } from '../core/run-lines.ts';
import { runNamed } from '../core/run-name.ts';
import type { OwnedRun } from '../core/spoken-notice.ts';
import type { OwnedRuns } from '../ports/owned-runs.ts';
import type { Runs } from '../ports/runs.ts';
import type { Clock } from '../ports.ts';

/** Lines of one log stream, as the log's subscription delivered them. */
export interface Delivered {
  readonly ecsTaskId: string;
  readonly lines: readonly SpokenLine[];
  readonly refused: readonly RefusedLine[];
}

/** What it takes to find whose lines they are. */
export interface OwnerPorts {
  readonly runs: Runs;
  readonly clock: Clock;
  /** The runs of ECS tasks that other processes have found. */
  readonly owners: OwnedRuns;
  /** The runs of ECS tasks that this process has found, by the ids of the ECS tasks. */
  readonly known: Map<string, OwnedRun>;
}

/**
 * The run that has printed these lines. ECS says it, once for an ECS task: then it is kept, so that lines are published also
 * while ECS cannot be asked. Undefined for an ECS task of no run, and for one that ECS does not show in two reads an hour after its
 * lines were printed; before that it throws, as it does when the table or ECS cannot be asked.
 */
export const runOfLines = async (
  ports: OwnerPorts,
  delivered: Delivered,
): Promise<OwnedRun | undefined> => {
  const { known, owners } = ports;
  const { ecsTaskId } = delivered;
  const found = known.get(ecsTaskId) ?? (await owners.read(ecsTaskId));
  const of = found ?? (await askEcs(ports, delivered));
  if (of === undefined) return undefined;
  if (found === undefined) await owners.save(ecsTaskId, of, ports.clock.now());
  if (!known.has(ecsTaskId) && known.size >= mostKnown) known.clear();
  known.set(ecsTaskId, of);
  return of;
};

/** Runs that are kept from one delivery to the next. */
const mostKnown = 10_000;

/**
 * ECS shows a stopped task for an hour at least (ECS developer guide, "Stopped tasks"). So a task that has printed lines since then
 * exists, also when one read does not show it: reads lag, and some miss a task.
 */
const shownMs = 60 * 60_000;

const askEcs = async (
  { runs, clock }: OwnerPorts,
  { ecsTaskId, lines, refused }: Delivered,
): Promise<OwnedRun | undefined> => {
  const [seen] = (await runs.describe([ecsTaskId])).found;
  const printedAt = Math.max(...[...lines, ...refused].map(({ at }) => at));
  if (seen === undefined && clock.now() < printedAt + shownMs) {
    throw new Error(
      `ECS does not show task ${ecsTaskId}, which has printed lines in the last hour`,
    );
  }
  // Lines that are given up do not come again, so one read that misses the task is not enough.
  const one = seen ?? (await runs.describe([ecsTaskId])).found[0];
  const named = runNamed(one?.startedBy);
  return one && named && { ...named, ecsTaskArn: one.ecsTaskArn };
};
