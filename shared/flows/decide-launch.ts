import type { Fact } from '../core/fact.ts';
import { type LaunchFindings, launchFact } from '../core/launch-fact.ts';
import type { Site } from '../core/launch-order.ts';
import { objectionTo } from '../core/objection.ts';
import type { Request } from '../core/request.ts';
import type { Launching, Queued } from '../core/task.ts';
import { allPlacements, type Placement } from '../core/tool.ts';
import type { Gates, RequestOf, Sha256, Tools } from '../ports.ts';
import { claimProbes, giveProbesBack, readClosures } from './closing.ts';
import { logForeign, type SendPorts } from './send-order.ts';
import { withPlace } from './take-place.ts';

/** What it takes to launch a run. */
export interface LaunchPorts extends SendPorts {
  readonly tools: Tools;
  readonly gates: Gates;
  readonly site: Site;
  readonly requestOf: RequestOf;
  readonly sha256: Sha256;
  /** Set by a caller with many rows: confirms the place of a run that was launched, possibly later. */
  readonly confirm?: (row: Launching) => Promise<void>;
}

/**
 * Looks up what a queued row needs, and decides about it: launch it with this order, let it wait, or refuse it.
 * `parsed` is the request of its message, where the caller has it.
 */
export const decideLaunch = async (
  ports: LaunchPorts,
  task: Queued,
  parsed?: Request,
): Promise<Fact> => {
  const tool = await ports.tools.find(task.tool);
  const read = (): Request => parsed ?? ports.requestOf(task.payload);
  if (task.release !== undefined || tool.kind === 'unreadable')
    return decide(ports, task, { tool, request: read });

  const { run } = task;
  if (tool.kind === 'unknown')
    return { kind: 'objected', run, reason: unknownTool(task.tool), unknownTool: true };

  // Checked again before the first launch: the row may have been created while SSM could not be reached.
  const request = read();
  const reason = objectionTo(task.taskId, request, tool.spec);
  if (reason !== undefined) return { kind: 'objected', run, reason };

  const found = { tool, request: () => request };
  if (task.askedVersion === undefined) return decide(ports, task, found);
  const version = await ports.tools.version(task.tool, task.askedVersion);
  return decide(ports, task, { ...found, version });
};

/** The sentence for a publisher whose message names a tool that does not exist. */
export const unknownTool = (tool: string): string =>
  `there is no tool "${tool}"; \`davit versions\` lists them`;

const decide = async (
  ports: LaunchPorts,
  task: Queued,
  found: Pick<LaunchFindings, 'tool' | 'version' | 'request'>,
): Promise<Fact> => {
  const { stage, site, sha256, clock } = ports;
  let tried: string | undefined;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const closures = await readClosures(ports, placementsOf(site));
    const {
      fact,
      foreign,
      probes = [],
    } = launchFact(task, {
      ...found,
      closures,
      stage,
      site,
      sha256,
      now: clock.now(),
    });
    if (foreign !== undefined) logForeign(ports, task.tool, foreign);
    if (!(await claimProbes(ports, task, probes))) {
      [tried] = probes;
      continue;
    }
    const placed = await withPlace(ports, task, { fact, tool: found.tool });
    // Without a place it tries nothing: the next row may.
    if (placed.kind !== 'launchDecided') await giveProbesBack(ports, task, probes);
    return placed;
  }
  const why = `other tasks tried ${tried} first, ${mostTries} times in a row`;
  const hold = { by: tried ?? '', why, since: clock.now() };
  return withPlace(ports, task, { fact: { kind: 'held', run: task.run, hold }, tool: found.tool });
};

/** A row that loses the race for a probe reads that another one has it, and waits. */
const mostTries = 10;

const placementsOf = ({ providers }: Site): readonly Placement[] =>
  allPlacements.filter((placement) => providers[placement] !== undefined);
