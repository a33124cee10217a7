import { call, nextTickAt, reclaim, report, setAvailability, tick } from '../../models/ecs/ecs.ts';
import type { EcsOutput } from '../../models/ecs/output.ts';
import { taskOf } from '../../models/ecs/state.ts';
import type { EcsTask } from '../../models/ecs/task.ts';
import type { Reaction } from '../../models/ecs/turn.ts';
import { valuesOf } from '../../models/shards.ts';
import { cluster } from '../kit/site.ts';
import type { Outcome } from './calls.ts';
import { type Containers, containersOf } from './containers.ts';
import { fieldsOf, listOf } from './fields.ts';
import { calmCluster, newCluster } from './new-cluster.ts';
import type { ToolLogs } from './tool-logs.ts';
import type { World } from './world.ts';

const actions = [
  'RegisterTaskDefinition',
  'RunTask',
  'StopTask',
  'DescribeTasks',
  'ListTasks',
] as const;

/** ECS, and the containers that it runs. */
export interface EcsCluster {
  readonly call: (action: string, input: unknown) => Outcome;
  readonly containers: Containers;
  /** Runs that ECS refused, and started all the same: `task-1/2`. */
  readonly refusedYetStarted: ReadonlySet<string>;
  /** Runs that ECS refused: `task-1/2`. */
  readonly refused: ReadonlySet<string>;
  /** ECS tasks that a person stopped. */
  readonly stoppedByPerson: ReadonlySet<string>;
  readonly taskOf: (ecsTaskArn: string) => EcsTask | undefined;
  /** The ECS tasks that are to run, and whose container was not ordered to start yet. */
  readonly starting: () => readonly EcsTask[];
  /** The runs of all stopped ECS tasks: `task-1/2`. */
  readonly stoppedRuns: () => ReadonlySet<string>;
  readonly reclaim: (ecsTaskArn: string) => void;
  readonly setAvailability: (provider: string, closed: 'at once' | 'late' | undefined) => void;
  readonly stopTask: (ecsTaskArn: string) => void;
}

const passed: readonly string[] = ['RUNNING', 'STOPPED'];

const noCapacity =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone';

/** An empty cluster. `send` takes the events of ECS, `print` what containers print. */
export const ecsClusterOf = (
  world: World,
  send: (event: string) => void,
  print: ToolLogs['write'],
): EcsCluster => {
  const { timeline, watchers, plan } = world;
  const chance = world.chance('ecs');
  const rng = chance.next;
  let ecs = newCluster(plan);
  let tickAt = Number.POSITIVE_INFINITY;
  const refusedYetStarted = new Set<string>();
  const refused = new Set<string>();
  const stoppedByPerson = new Set<string>();
  /** How often a read must still find a task that it has missed. */
  const finds = new Map<string, number>();

  const react = (reaction: Reaction): void => {
    ecs = reaction.state;
    // The rule in infra/rules.yml lets no other status through.
    for (const event of reaction.events)
      if (passed.includes(event.detail.lastStatus)) send(JSON.stringify(event));
    for (const order of reaction.orders) {
      watchers.ordered(order);
      containers.order(order);
    }
    scheduleTick();
  };

  const scheduleTick = (): void => {
    const at = nextTickAt(ecs);
    if (at === undefined || at >= tickAt) return;
    tickAt = at;
    timeline.at(at, () => {
      if (timeline.now() < tickAt) return;
      tickAt = Number.POSITIVE_INFINITY;
      react(tick(ecs, timeline.now(), rng));
    });
  };

  const containers = containersOf(
    world,
    (what) => {
      watchers.reported(what);
      react(report(ecs, what, timeline.now(), rng));
    },
    print,
  );

  /** A lagging node of ECS does not know a task. The next reads find it: one of their answers at least should arrive. */
  const isMissed = (taskArn: string): boolean => {
    const left = finds.get(taskArn) ?? 0;
    if (left > 0) finds.set(taskArn, left - 1);
    if (left > 0 || world.isCalm() || !chance.is(plan.traits.blindReads)) return false;
    finds.set(taskArn, 4);
    return true;
  };

  const withMisses = (output: EcsOutput): EcsOutput => {
    // What a read in trouble shows may never arrive.
    if (plan.traits.blindReads === 0 || world.troubleOf('ecs') !== undefined) return output;
    const tasks = output.tasks ?? [];
    const gone = tasks.map(({ taskArn }) => taskArn).filter((arn) => isMissed(arn));
    const failures = gone.map((arn) => ({ arn, reason: 'MISSING' }));
    return {
      ...output,
      ...(output.taskArns && {
        taskArns: output.taskArns.filter((arn) => !isMissed(arn)),
      }),
      ...(output.tasks && {
        tasks: tasks.filter(({ taskArn }) => !gone.includes(taskArn)),
        failures: [...(output.failures ?? []), ...failures],
      }),
    };
  };

  const callNow = (wanted: string, input: unknown): Outcome => {
    const action = actions.find((one) => one === wanted);
    if (action === undefined) throw new Error(`The simulated world does not expect ${wanted}.`);
    const { answer, ...reaction } = call(ecs, { action, input }, timeline.now(), rng);
    react(reaction);
    if (action === 'StopTask' && answer.ok) watchers.stopTaken(String(fieldsOf(input).task));
    const isRead = action === 'DescribeTasks' || action === 'ListTasks';
    if (isRead && answer.ok) return { ok: true, output: withMisses(answer.output) };
    return answer;
  };

  /** ECS refuses, and starts the run all the same: at once or some minutes later. */
  const refuseYetStart = (input: unknown): Outcome => {
    world.count('refused, yet started');
    refusedYetStarted.add(String(fieldsOf(input).startedBy));
    const laterMs = chance.is(0.5) ? 0 : chance.whole(1_000, 240_000);
    timeline.at(timeline.now() + laterMs, () => {
      const { availability } = ecs;
      ecs = { ...ecs, availability: { FARGATE: { is: 'open' }, FARGATE_SPOT: { is: 'open' } } };
      callNow('RunTask', input);
      ecs = { ...ecs, availability };
    });
    return { ok: false, error: { code: 'ClientException', message: noCapacity } };
  };

  const strangeConflict = (): Outcome | undefined => {
    const [other] = containers.living();
    if (other === undefined || world.isCalm() || !chance.is(plan.traits.strangeConflicts))
      return undefined;
    const message =
      'The specified clientToken was already used for a request with other parameters.';
    const extra = { resourceIds: [other.taskArn] };
    return { ok: false, error: { code: 'ConflictException', message, extra } };
  };

  timeline.at(plan.calmAt, () => {
    ecs = calmCluster(ecs);
  });

  return {
    call: (action, input) => {
      const isClosed = Object.values(ecs.availability).some(({ is }) => is === 'closed');
      const isStrange = isClosed && !world.isCalm() && chance.is(plan.traits.refusedYetStarted);
      if (action !== 'RunTask') return callNow(action, input);
      watchers.launched(input);
      const answer =
        strangeConflict() ?? (isStrange ? refuseYetStart(input) : callNow(action, input));
      if (isRefusal(answer)) refused.add(String(fieldsOf(input).startedBy));
      return answer;
    },
    containers,
    refusedYetStarted,
    refused,
    stoppedByPerson,
    taskOf: (arn) => taskOf(ecs, arn),
    starting: () =>
      [...valuesOf(ecs.tasks)]
        .map(({ task }) => task)
        .filter((task) => task.desiredStatus === 'RUNNING' && task.mainIs === 'not ordered'),
    stoppedRuns: () =>
      new Set(
        [...valuesOf(ecs.tasks)].flatMap(({ task }) =>
          task.desiredStatus === 'STOPPED' && task.startedBy ? [task.startedBy] : [],
        ),
      ),
    reclaim: (taskArn) => react(reclaim(ecs, { taskArn }, timeline.now(), rng)),
    setAvailability: (provider, closed) => {
      ecs = setAvailability(
        ecs,
        provider,
        closed === undefined ? { is: 'open' } : { is: 'closed', reason: noCapacity, seen: closed },
      );
    },
    stopTask: (task) => {
      stoppedByPerson.add(task);
      const input = { cluster, task, reason: 'a person stopped it' };
      react(call(ecs, { action: 'StopTask', input }, timeline.now(), rng));
    },
  };
};

/** An answer that says that the run will never be. */
const isRefusal = (outcome: Outcome): boolean =>
  outcome.ok
    ? listOf(fieldsOf(outcome.output).failures).length > 0
    : !/Throttl|Conflict|Rate exceeded/.test(`${outcome.error.code} ${outcome.error.message}`);
