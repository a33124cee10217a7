import type { Fact } from '../core/fact.ts';
import { foreignDefinition } from '../core/family.ts';
import { foreignHold, launchDecision, notYetLive } from '../core/hold.ts';
import { launchOrder, type Site } from '../core/launch-order.ts';
import { nextPlacement } from '../core/next-placement.ts';
import { objectionTo } from '../core/objection.ts';
import type { Launching, Queued, Task } from '../core/task.ts';
import { tokenMs } from '../core/times.ts';
import { hostKindOf, type Release, type ToolState } from '../core/tool.ts';
import type { LaunchAnswer, RequestOf, Sha256, Tools } from '../ports.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, carryOut } from './carry-out.ts';
import { describeAll } from './describe.ts';
import type { Pace } from './pace.ts';

/** What it takes to send an order that is decided already. */
export interface SendPorts extends CarryOutPorts {
  readonly pace: Pace;
  readonly stage: string;
}

/** What it takes to launch a run. */
export interface LaunchPorts extends SendPorts {
  readonly tools: Tools;
  readonly site: Site;
  readonly requestOf: RequestOf;
  readonly sha256: Sha256;
}

/** The one decision about a queued row: launch it with this order, or let it wait for that. */
export const decideLaunch = async (ports: LaunchPorts, task: Queued): Promise<Fact> => {
  const { tools, site, requestOf, sha256, clock } = ports;
  const { run } = task;
  const tool = await tools.find(task.tool);
  const objection = objectionOf(ports, task, tool);
  if (objection !== undefined) return { kind: 'objected', run, ...objection };
  const asked = task.askedVersion !== undefined && task.release === undefined;
  const version = asked ? await tools.version(task.tool, task.askedVersion) : undefined;
  const now = clock.now();
  const about = tool.kind === 'known' ? { run, startWithinMs: tool.spec.startWithinMs } : { run };
  const decision = launchDecision(task, { tool, ...(version ? { version } : {}) }, now);
  if (decision.kind === 'hold') return { kind: 'held', ...about, hold: decision.hold };
  const { release } = decision;
  const foreign = foreignIn(ports, task, release);
  if (foreign !== undefined) {
    return { kind: 'held', ...about, hold: foreignHold(task.tool, foreign, now) };
  }
  const misfit = misfitOf(ports, task, release);
  if (misfit !== undefined && asked) return { kind: 'objected', run, reason: misfit };
  if (misfit !== undefined) {
    return { kind: 'held', ...about, hold: notYetLive(task.tool, { release, misfit }, now) };
  }
  const placement = nextPlacement(task, release.spec);
  const { input } = requestOf(task.payload);
  const order = launchOrder(task, { release, placement, input, site, now, sha256 });
  if (order) return { kind: 'launchDecided', ...about, release, placement, order };
  const why = `${task.tool} ${release.version} has nothing to run on ${placement} here`;
  return { kind: 'held', ...about, hold: { by: `placement/${placement}`, why, since: now } };
};

/** What a publisher is told whose tool does not exist. */
export const unknownTool = (tool: string): string =>
  `${tool} is no tool here: see davit versions for those that are`;

/** Whether ECS still knows the order's token, so that asking again cannot launch a second container. */
export const tokenAnswers = ({ launchOrder: order }: Launching, now: number): boolean =>
  now < order.intendedAt + tokenMs;

/**
 * Sends a saved order, verbatim, and writes what ECS says to it. It is sent `first` by whoever has just saved it, and
 * `again` by everybody who finds it in the row. The row is in doubt before it is sent again: so whoever sent it first,
 * and is refused meanwhile, knows that another call is under way.
 */
export const sendOrder = async (
  ports: SendPorts,
  found: Launching,
  when: 'first' | 'again',
): Promise<Task> => {
  const task = when === 'first' || found.doubt ? found : await putInDoubt(ports, found);
  if (task.phase !== 'LAUNCHING' || task.run !== found.run) return task;
  const answer = foreignAnswer(ports, task) ?? (await launch(ports, task));
  const fact = await factOf(ports, task, answer);
  const advanced = await advance(ports, task, fact);
  if (advanced.kind === 'moved') {
    count(ports, fact, advanced.task);
    return carryOut(ports, advanced.task);
  }
  return advanced.kind === 'ignored' ? (advanced.task ?? task) : task;
};

/** What ECS shows of these ECS tasks, if one was started by this run. Throws when ECS cannot be reached. */
const ownRun = async (
  { runs }: SendPorts,
  task: Launching,
  ecsTaskArns: readonly string[],
): Promise<Fact | undefined> => {
  const { found, faults } = await describeAll(runs, ecsTaskArns);
  const own = found.find((sighting) => sighting.startedBy === task.launchOrder.startedBy);
  if (own === undefined && faults.length > 0) throw faults[0];
  return own && { kind: 'seen', run: task.run, sighting: own };
};

/** After the token's time the same call could launch twice: the run is looked for by its name instead. */
export const lookForRun = async (ports: SendPorts, task: Launching): Promise<Task> => {
  const named = await ports.runs.traces(task.launchOrder);
  const seen = named.length > 0 ? await ownRun(ports, task, named) : undefined;
  const advanced = await advance(ports, task, seen ?? { kind: 'missing', run: task.run });
  if (advanced.kind === 'moved') return carryOut(ports, advanced.task);
  // What another made of the row meanwhile is judged, not what was read before.
  return advanced.kind === 'ignored' ? (advanced.task ?? task) : task;
};

// Asked again before the first launch: the row may have been made while the tool could not be looked up.
const objectionOf = (
  { requestOf }: LaunchPorts,
  task: Queued,
  tool: ToolState,
): { readonly reason: string; readonly unknownTool?: true } | undefined => {
  if (task.release !== undefined || tool.kind === 'away') return undefined;
  if (tool.kind === 'unknown') return { reason: unknownTool(task.tool), unknownTool: true };
  const reason = objectionTo(task.taskId, requestOf(task.payload), tool.spec);
  return reason === undefined ? undefined : { reason };
};

// Whoever wrote the record: live, of a version, or the row's own.
const foreignIn = (ports: LaunchPorts, task: Queued, release: Release): string | undefined => {
  const why = foreignDefinition({ stage: ports.stage, tool: task.tool }, release);
  if (why === undefined) return undefined;
  countForeign(ports, task.tool, why);
  return `${why}: ${task.release ? 'cancel the task and submit it again' : 'pin the version again'}`;
};

const countForeign = ({ meter, log }: SendPorts, tool: string, why: string): void => {
  meter('DefinitionsForeign');
  log('error', 'definition.foreign', { tool, why });
};

// A version is launched with its own spec, which may be another than today's.
const misfitOf = (
  { requestOf }: LaunchPorts,
  task: Queued,
  release: Release,
): string | undefined =>
  task.release === undefined
    ? objectionTo(task.taskId, requestOf(task.payload), release.spec)
    : undefined;

/** The row as it then stands: it may have gone on meanwhile. */
const putInDoubt = async (ports: SendPorts, task: Launching): Promise<Task> => {
  const why = 'its order was saved, and what ECS said to it was not';
  const advanced = await advance(ports, task, { kind: 'doubted', run: task.run, why });
  return advanced.kind === 'invalid' ? task : (advanced.task ?? task);
};

// A saved order is a record too. Its release, if that is good, makes the next one; if it is not, the row waits.
const foreignAnswer = (ports: SendPorts, task: Launching): LaunchAnswer | undefined => {
  const { tool, placement, launchOrder: order } = task;
  const kind = hostKindOf(placement);
  const definitions = { [kind]: order.taskDefinition };
  const version = task.release.version;
  const why = foreignDefinition({ stage: ports.stage, tool }, { version, definitions });
  if (why === undefined) return undefined;
  countForeign(ports, tool, why);
  return { kind: 'refused', cause: 'deployment', why };
};

const launch = async ({ pace, runs }: SendPorts, task: Launching): Promise<LaunchAnswer> => {
  await pace();
  return runs.launch(task.launchOrder);
};

const factOf = async (ports: SendPorts, task: Launching, answer: LaunchAnswer): Promise<Fact> => {
  const { run } = task;
  switch (answer.kind) {
    case 'accepted':
      return { kind: 'accepted', run, ecsTaskArn: answer.ecsTaskArn };
    case 'doubt':
      return { kind: 'doubted', run, why: answer.why };
    case 'refused':
      return {
        kind: 'launchRefused',
        run,
        cause: answer.cause,
        why: answer.why,
        ...(answer.isOfToken ? { isOfToken: true } : {}),
      };
    case 'stopped':
      return (
        (await shownRun(ports, task, [answer.ecsTaskArn])) ?? {
          // A replay of a stopped ECS task is thin, and a look may fail: the sweep looks again.
          kind: 'accepted',
          run,
          ecsTaskArn: answer.ecsTaskArn,
        }
      );
    case 'conflict':
      return (
        (await shownRun(ports, task, answer.ecsTaskArns)) ?? {
          kind: 'doubted',
          run,
          why: 'ECS knows the token from another call',
        }
      );
  }
};

// After an answer to a launch a look is only a help: whoever sent the order does not fail for it.
const shownRun: typeof ownRun = async (ports, task, ecsTaskArns) => {
  try {
    return await ownRun(ports, task, ecsTaskArns);
  } catch {
    return undefined;
  }
};

const count = ({ meter, log }: SendPorts, fact: Fact, { phase }: Task): void => {
  if (fact.kind === 'accepted' || fact.kind === 'seen') meter('RunsLaunched');
  // A refusal of one call among several leaves the run in doubt.
  if (phase === 'LAUNCHING' && 'why' in fact) {
    meter('RunsInDoubt');
    log('warn', 'run.doubted', { why: fact.why });
  } else if (fact.kind === 'launchRefused') {
    meter('RunsRefused');
    log('warn', 'run.refused', { cause: fact.cause, why: fact.why });
  }
};
