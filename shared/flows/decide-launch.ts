import type { Fact } from '../core/fact.ts';
import { type LaunchFindings, launchFact } from '../core/launch-fact.ts';
import type { Site } from '../core/launch-order.ts';
import { objectionTo } from '../core/objection.ts';
import type { Request } from '../core/request.ts';
import type { Queued } from '../core/task.ts';
import type { RequestOf, Sha256, Tools } from '../ports.ts';
import { logForeign, type SendPorts } from './send-order.ts';
import { withPlace } from './take-place.ts';

/** What it takes to launch a run. */
export interface LaunchPorts extends SendPorts {
  readonly tools: Tools;
  readonly site: Site;
  readonly requestOf: RequestOf;
  readonly sha256: Sha256;
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

const decide = (
  ports: LaunchPorts,
  task: Queued,
  found: Pick<LaunchFindings, 'tool' | 'version' | 'request'>,
): Promise<Fact> => {
  const { stage, site, sha256, clock } = ports;
  const { fact, foreign } = launchFact(task, {
    ...found,
    stage,
    site,
    sha256,
    now: clock.now(),
  });
  if (foreign !== undefined) logForeign(ports, task.tool, foreign);
  return withPlace(ports, task, { fact, tool: found.tool });
};
