import type { Fact } from '../core/fact.ts';
import { foreignDefinition } from '../core/family.ts';
import { present } from '../core/present.ts';
import type { Launching, Task } from '../core/task.ts';
import { tokenMs } from '../core/times.ts';
import { hostKindOf } from '../core/tool.ts';
import type { LaunchAnswer } from '../ports/runs.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, carryOut } from './carry-out.ts';
import { findOwnRun } from './find-run.ts';
import type { Pace } from './pace.ts';

/** What it takes to send an order that is saved already. */
export interface SendPorts extends CarryOutPorts {
  readonly pace: Pace;
  readonly stage: string;
}

/** Whether ECS still knows the order's token, so that sending the order again cannot launch a second container. */
export const isTokenValid = ({ launchOrder: order }: Launching, now: number): boolean =>
  now < order.intendedAt + tokenMs;

/**
 * Sends a saved order to ECS, unchanged, and writes ECS's answer. The function that has just saved the order sends it
 * `first`; every other one that finds it in the row sends it `again`. Before it is sent again, the row is put in doubt:
 * so the first sender, when it is refused meanwhile, knows that another call is under way.
 */
export const sendOrder = async (
  ports: SendPorts,
  found: Launching,
  when: 'first' | 'again',
): Promise<Task> => {
  const task = when === 'first' || found.doubt ? found : await putInDoubt(ports, found);
  if (task.phase !== 'LAUNCHING' || task.run !== found.run) return task;
  const answer = refuseForeign(ports, task) ?? (await launch(ports, task));
  const fact = await factOf(ports, task, answer);
  const advanced = await advance(ports, task, fact);
  if (advanced.kind === 'moved') {
    count(ports, fact, advanced.task);
    return carryOut(ports, advanced.task);
  }
  return advanced.kind === 'ignored' ? (advanced.task ?? task) : task;
};

/** Counts and logs a release or an order that names a task definition of another tool. */
export const logForeign = (
  { meter, log }: Pick<SendPorts, 'meter' | 'log'>,
  tool: string,
  why: string,
): void => {
  meter('DefinitionsForeign');
  log('error', 'definition.foreign', { tool, why });
};

/** Answers the row as it is afterwards: another writer may have moved it on. */
const putInDoubt = async (ports: SendPorts, task: Launching): Promise<Task> => {
  const why = "its order was saved, and ECS's answer to it was not";
  const advanced = await advance(ports, task, { kind: 'doubted', run: task.run, why });
  return advanced.kind === 'invalid' ? task : (advanced.task ?? task);
};

// A saved order may have been edited as well. If its release is good, the next order is made from that; if not, the row waits.
const refuseForeign = (ports: SendPorts, task: Launching): LaunchAnswer | undefined => {
  const { tool, placement, launchOrder: order } = task;
  const definitions = { [hostKindOf(placement)]: order.taskDefinition };
  const { version } = task.release;
  const why = foreignDefinition({ stage: ports.stage, tool }, { version, definitions });
  if (why === undefined) return undefined;
  logForeign(ports, tool, why);
  return { kind: 'refused', cause: 'release', why };
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
    case 'refused': {
      const { cause, why, isOfToken } = answer;
      return { kind: 'launchRefused', run, cause, why, ...present({ isOfToken }) };
    }
    case 'stopped': {
      const { ecsTaskArn } = answer;
      // RunTask says little of a stopped ECS task. If ECS does not describe it now, the sweep asks again.
      return (
        (await tryFindOwnRun(ports, task, [ecsTaskArn])) ?? { kind: 'accepted', run, ecsTaskArn }
      );
    }
    case 'conflict': {
      const why = 'ECS knows the token from another call';
      return (
        (await tryFindOwnRun(ports, task, answer.ecsTaskArns)) ?? { kind: 'doubted', run, why }
      );
    }
  }
};

// ECS has answered the launch already, so sendOrder goes on when this second question fails.
const tryFindOwnRun: typeof findOwnRun = async (ports, task, ecsTaskArns) => {
  try {
    return await findOwnRun(ports, task, ecsTaskArns);
  } catch {
    return undefined;
  }
};

const count = ({ meter, log }: SendPorts, fact: Fact, { phase }: Task): void => {
  if (fact.kind === 'accepted' || fact.kind === 'seen') meter('RunsLaunched');
  // When one of several calls is refused, the run stays in doubt.
  if (phase === 'LAUNCHING' && 'why' in fact) {
    meter('RunsInDoubt');
    log('warn', 'run.doubted', { why: fact.why });
  } else if (fact.kind === 'launchRefused') {
    meter('RunsRefused');
    log('warn', 'run.refused', { cause: fact.cause, why: fact.why });
  }
};
