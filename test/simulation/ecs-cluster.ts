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
import { newCluster } from './new-cluster.ts';
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
  const missed = new Set<string>();

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

  /** A lagging node of ECS does not know a task yet; never twice in a row for the same task. */
  const withMisses = (output: EcsOutput): EcsOutput => {
    const isMissed = ({ taskArn }: { readonly taskArn: string }): boolean => {
      if (missed.delete(taskArn) || world.isCalm() || !chance.is(plan.traits.blindReads))
        return false;
      missed.add(taskArn);
      return true;
    };
    const gone = (output.tasks ?? []).filter(isMissed).map(({ taskArn }) => taskArn);
    if (gone.length === 0) return output;
    const failures = gone.map((arn) => ({ arn, reason: 'MISSING' }));
    return {
      tasks: (output.tasks ?? []).filter(({ taskArn }) => !gone.includes(taskArn)),
      failures: [...(output.failures ?? []), ...failures],
    };
  };

  const callNow = (wanted: string, input: unknown): Outcome => {
    const action = actions.find((one) => one === wanted);
    if (action === undefined) throw new Error(`The simulated world does not expect ${wanted}.`);
    const { answer, ...reaction } = call(ecs, { action, input }, timeline.now(), rng);
    react(reaction);
    if (action === 'StopTask' && answer.ok) watchers.stopTaken(String(fieldsOf(input).task));
    if (action === 'DescribeTasks' && answer.ok)
      return { ok: true, output: withMisses(answer.output) };
    return answer;
  };

  /** ECS refuses, and starts the run all the same: at once or some minutes later. */
  const refuseYetStart = (input: unknown): Outcome => {
    world.count('refused, yet started');
    refusedYetStarted.add(String(fieldsOf(input).startedBy));
    const laterMs = chance.is(0.5) ? 0 : chance.whole(1_000, 240_000);
    timeline.at(timeline.now() + laterMs, () => {
      const { availability } = ecs;
      ecs = { ...ecs, availability: {} };
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
