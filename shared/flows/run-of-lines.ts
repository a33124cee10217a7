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
 * while ECS cannot be asked. Undefined for an ECS task that ECS does not show, or that is of no run. Throws when neither table
 * nor ECS can be asked, and for lines that are so young that ECS may show their task later.
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
  if (known.size >= mostKnown) known.clear();
  known.set(ecsTaskId, of);
  return of;
};

/** Runs that are kept from one delivery to the next. */
const mostKnown = 10_000;

/**
 * Reads of ECS lag: so long after a line was printed, ECS may not show the task that printed it. Lambda tries the last time
 * three minutes after the first, so lines of a task that ECS never shows are counted then.
 */
const lagMs = 2 * 60_000;

const askEcs = async (
  { runs, clock }: OwnerPorts,
  { ecsTaskId, lines, refused }: Delivered,
): Promise<OwnedRun | undefined> => {
  const [one] = (await runs.describe([ecsTaskId])).found;
  const printedAt = Math.max(...[...lines, ...refused].map(({ at }) => at));
  if (one === undefined && clock.now() < printedAt + lagMs) {
    throw new Error(`ECS does not show task ${ecsTaskId}, which has just printed lines`);
  }
  const named = runNamed(one?.startedBy);
  return one && named && { ...named, ecsTaskArn: one.ecsTaskArn };
};
