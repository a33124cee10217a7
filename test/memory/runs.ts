import type { Availability } from '../../models/ecs/availability.ts';
import type { EcsCall } from '../../models/ecs/call.ts';
import {
  call,
  livingTasks,
  newEcs,
  nextTickAt,
  reclaim,
  report,
  setAvailability,
  tick,
} from '../../models/ecs/ecs.ts';
import type { EcsOptions } from '../../models/ecs/options.ts';
import type { EcsOutput } from '../../models/ecs/output.ts';
import type { RuntimeOrder, RuntimeReport } from '../../models/ecs/runtime.ts';
import type { EcsTask } from '../../models/ecs/task.ts';
import type { EcsEvent } from '../../models/ecs/task-view.ts';
import type { Reaction } from '../../models/ecs/turn.ts';
import { definitionInputOf } from '../../shared/aws/definition-call.ts';
import { answerOf, answerOfFailure, runTaskInputOf } from '../../shared/aws/launch-call.ts';
import { familyIn } from '../../shared/core/family.ts';
import type { HostKind, UnregisteredRelease } from '../../shared/core/tool.ts';
import type { CallPace } from '../../shared/ports/call-pace.ts';
import type { Described, Runs } from '../../shared/ports/runs.ts';
import type { Clock } from '../../shared/ports.ts';
import { seenIn } from '../../shared/wire/ecs-sighting.ts';
import { cluster, definitionSite, families } from '../kit/site.ts';
import { seeded } from '../models/seeded.ts';

/** A cluster over the model of ECS. A test moves its clock, its containers and its capacity. */
export interface MemoryRuns extends Runs {
  /** Registers a release for a host kind and answers the revision's ARN. */
  readonly register: (release: UnregisteredRelease, kind?: HostKind) => string;
  /** Does what is due by now. */
  readonly tick: () => void;
  readonly nextAt: () => number | undefined;
  /** The events since the last call, in the order in which ECS sent them. */
  readonly takeEvents: () => readonly EcsEvent[];
  /** All orders to the owner of the containers, from the beginning. */
  readonly orders: readonly RuntimeOrder[];
  readonly report: (what: RuntimeReport) => void;
  /** Our container ends with this exit code. */
  readonly exit: (taskArn: string, exitCode: number) => void;
  readonly reclaim: (taskArn: string) => void;
  readonly setAvailability: (provider: string, availability: Availability) => void;
  /** The containers that are really running now, for the safety invariants. */
  readonly living: () => readonly EcsTask[];
}

/** How the owner of the containers reacts to an order. */
export type Runtime = (order: RuntimeOrder) => RuntimeReport | undefined;

interface Options {
  readonly clock: Clock;
  readonly seed?: number;
  readonly ecs?: Partial<EcsOptions>;
  readonly runtime?: Runtime;
  readonly reads?: CallPace;
  readonly stops?: CallPace;
}

/** An empty cluster `davit-test` with Fargate and Fargate Spot. */
export const memoryRuns = ({
  clock,
  seed = 1,
  ecs = {},
  runtime = obedient,
  reads,
  stops,
}: Options): MemoryRuns => {
  const rng = seeded(seed);
  const orders: RuntimeOrder[] = [];
  let events: readonly EcsEvent[] = [];
  let state = newEcs({ clusters: [cluster], ...ecs });

  const take = (reaction: Reaction): void => {
    state = reaction.state;
    events = [...events, ...reaction.events];
    orders.push(...reaction.orders);
    for (const order of reaction.orders) {
      const answer = runtime(order);
      if (answer) take(report(state, answer, clock.now(), rng));
    }
  };

  const asked = (action: EcsCall['action'], input: unknown) => {
    const { answer, ...reaction } = call(state, { action, input }, clock.now(), rng);
    take(reaction);
    return answer;
  };

  const output = (action: EcsCall['action'], input: object): EcsOutput => {
    const answer = asked(action, { cluster, ...input });
    if (answer.ok) return answer.output;
    throw new Error(`${action}: ${answer.error.code}: ${answer.error.message}`);
  };

  /** Reads from ECS. When ECS refuses, the next reads are slower. */
  const read = async (action: EcsCall['action'], input: object): Promise<EcsOutput> => {
    await reads?.next();
    try {
      return output(action, input);
    } catch (error) {
      reads?.slowDown();
      throw error;
    }
  };

  const listPage = async (filter: object) => {
    const { taskArns = [], nextToken } = await read('ListTasks', filter);
    return { ecsTaskArns: taskArns, ...(nextToken ? { next: nextToken } : {}) };
  };

  const listAll = async (filter: object): Promise<readonly string[]> => {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await listPage({ ...filter, nextToken });
      arns.push(...page.ecsTaskArns);
      nextToken = page.next;
    } while (nextToken);
    return arns;
  };

  return {
    launch: async (order) => {
      const answer = asked('RunTask', runTaskInputOf(order));
      if (answer.ok) return answerOf(answer.output);
      const { extra, ...error } = answer.error;
      return answerOfFailure({ ...error, ...extra });
    },
    describe: async (tasks) => {
      if (tasks.length === 0) return { found: [], missing: [] };
      const answer = await read('DescribeTasks', { tasks });
      return {
        found: (answer.tasks ?? []).flatMap(describedOf),
        missing: (answer.failures ?? []).flatMap(({ arn }) => arn ?? []),
      };
    },
    traces: async ({ startedBy, taskDefinition }) => {
      const meant = await listAll({ startedBy });
      return meant.length > 0
        ? meant
        : listAll({ family: familyIn(taskDefinition), desiredStatus: 'STOPPED' });
    },
    list: async (nextToken) => {
      // The model never forgets a token, and refuses a text that is not one.
      if (nextToken !== undefined && !nextToken.startsWith('arn:')) return undefined;
      return listPage({ desiredStatus: 'RUNNING', nextToken });
    },
    stop: async (task, reason) => {
      await stops?.next();
      const answer = asked('StopTask', { cluster, task, reason });
      if (answer.ok || /task was not found/.test(answer.error.message)) return;
      stops?.slowDown();
      throw new Error(`StopTask: ${answer.error.code}: ${answer.error.message}`);
    },
    register: (release, kind = 'fargate') => {
      const input = definitionInputOf(definitionSite, release, kind);
      const { taskDefinition } = output('RegisterTaskDefinition', input);
      if (!taskDefinition) throw new Error('RegisterTaskDefinition answered no definition');
      return taskDefinition.taskDefinitionArn;
    },
    tick: () => take(tick(state, clock.now(), rng)),
    nextAt: () => nextTickAt(state),
    takeEvents: () => {
      const taken = events;
      events = [];
      return taken;
    },
    orders,
    report: (what) => take(report(state, what, clock.now(), rng)),
    exit: (taskArn, exitCode) =>
      take(report(state, { kind: 'exited', taskArn, exitCode }, clock.now(), rng)),
    reclaim: (taskArn) => take(reclaim(state, { taskArn }, clock.now(), rng)),
    setAvailability: (provider, availability) => {
      state = setAvailability(state, provider, availability);
    },
    living: () => livingTasks(state),
  };
};

/** Starts every container that it is ordered to start; each ends at once on SIGTERM (143) or SIGKILL (137). */
const obedient: Runtime = (order) => {
  const { taskArn } = order;
  if (order.kind === 'start') return { kind: 'started', taskArn };
  return { kind: 'exited', taskArn, exitCode: order.kind === 'terminate' ? 143 : 137 };
};

const describedOf = (task: unknown): readonly Described[] => {
  const seen = seenIn(task, families);
  if (!seen) return [];
  const { sighting, ...rest } = seen;
  return [{ ...sighting, ...rest }];
};
