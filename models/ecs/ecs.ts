import type { Rng } from '../random.ts';
import { valuesOf } from '../shards.ts';
import type { Availability } from './availability.ts';
import type { EcsAction, EcsAnswer, EcsCall } from './call.ts';
import {
  describeClusters,
  listClusters,
  listContainerInstances,
  listServices,
} from './clusters.ts';
import {
  deregisterTaskDefinition,
  describeTaskDefinition,
  registerTaskDefinition,
} from './definitions.ts';
import { describeTasks } from './describe-tasks.ts';
import { pruned } from './expiry.ts';
import { withoutNulls } from './input.ts';
import { advance, mayLive, stop } from './lifecycle.ts';
import { listTaskDefinitionFamilies, listTaskDefinitions } from './list-definitions.ts';
import { listTasks } from './list-tasks.ts';
import type { Operation } from './operation.ts';
import type { EcsOptions } from './options.ts';
import { applyReport } from './reports.ts';
import { runTask } from './run-task.ts';
import type { RuntimeReport } from './runtime.ts';
import { type EcsState, emptyState, taskOf } from './state.ts';
import { stopTask } from './stop-task.ts';
import type { EcsTask } from './task.ts';
import { chargeCall } from './throttle.ts';
import { newTurn, type Reaction, reactionOf, type Turn } from './turn.ts';

/**
 * The default options: one cluster `default`, every delay and lag zero, every event once, in order
 * and immediately, ECS's request rates, no vCPU quota, stopped tasks described for an hour.
 */
export const newEcs = (options: Partial<EcsOptions> = {}): EcsState =>
  emptyState({ ...defaults, ...options });

/** Answers one request at `now`, after everything that was due before it. */
export const call = (
  state: EcsState,
  request: EcsCall,
  now: number,
  rng: Rng,
): Reaction & { readonly answer: EcsAnswer } => {
  const turn = caughtUp(state, now, rng);
  const paid = chargeCall(turn, request.action);
  const answer = paid.ok ? actions[request.action](turn, withoutNulls(request.input)) : paid;
  return { ...reactionOf(turn), answer };
};

/** Does everything that is due up to and including `now`, each step at its own time. */
export const tick = (state: EcsState, now: number, rng: Rng): Reaction =>
  reactionOf(caughtUp(state, now, rng));

/** When `tick` has something to do next; undefined while everything waits for calls and reports. */
export const nextTickAt = ({ timers, delayed }: EcsState): number | undefined => {
  const [timer, event] = [timers[0]?.at, delayed[0]?.at];
  if (timer === undefined || event === undefined) return timer ?? event;
  return Math.min(timer, event);
};

/** Applies what the runtime saw of a container. */
export const report = (state: EcsState, what: RuntimeReport, now: number, rng: Rng): Reaction => {
  const turn = caughtUp(state, now, rng);
  applyReport(turn, what);
  return reactionOf(turn);
};

/**
 * Reclaims a task's machine with a warning, as Spot does: first an event with desiredStatus STOPPED,
 * then SIGTERM, then SIGKILL. In older documents of AWS the stop code is TerminationNotice.
 */
export const reclaim = (
  state: EcsState,
  what: {
    readonly taskArn: string;
    readonly stopCode?: 'SpotInterruption' | 'TerminationNotice';
  },
  now: number,
  rng: Rng,
): Reaction => {
  const turn = caughtUp(state, now, rng);
  const task = taskOf(turn.state, what.taskArn);
  if (task !== undefined) {
    stop(turn, task, {
      stopCode: what.stopCode ?? 'SpotInterruption',
      stoppedReason: 'Your Spot Task was interrupted.',
    });
  }
  return reactionOf(turn);
};

/** Opens or closes a capacity provider; tasks that it already accepted do not change. */
export const setAvailability = (
  state: EcsState,
  provider: string,
  availability: Availability,
): EcsState => ({ ...state, availability: { ...state.availability, [provider]: availability } });

/** The tasks whose container may be alive: its start was ordered and its end was not reported. */
export const livingTasks = (state: EcsState): readonly EcsTask[] =>
  [...valuesOf(state.tasks)].map(({ task }) => task).filter(mayLive);

const actions: Readonly<Record<EcsAction, Operation>> = {
  RegisterTaskDefinition: registerTaskDefinition,
  DeregisterTaskDefinition: deregisterTaskDefinition,
  DescribeTaskDefinition: describeTaskDefinition,
  RunTask: runTask,
  StopTask: stopTask,
  DescribeTasks: describeTasks,
  ListTasks: listTasks,
  DescribeClusters: describeClusters,
  ListClusters: listClusters,
  ListContainerInstances: listContainerInstances,
  ListServices: listServices,
  ListTaskDefinitionFamilies: listTaskDefinitionFamilies,
  ListTaskDefinitions: listTaskDefinitions,
};

const defaults: EcsOptions = {
  account: '123456789012',
  region: 'eu-central-1',
  clusters: ['default'],
  delaysMs: {
    provisioning: [0, 0],
    pending: [0, 0],
    activating: [0, 0],
    stopAsked: [0, 0],
    deactivating: [0, 0],
    stopping: [0, 0],
    deprovisioning: [0, 0],
  },
  readLagMs: [0, 0],
  eventDelayMs: [0, 0],
  eventLoss: 0,
  eventDoubles: 0,
  throttled: true,
  vcpuQuota: {},
  stoppedRetentionMs: 3_600_000,
};

/** A turn at `now`, after everything that was due until then, each step at its own time. */
const caughtUp = (state: EcsState, now: number, rng: Rng): Turn => {
  const turn = newTurn(pruned(state, now), now, rng);
  for (let at = nextTickAt(turn.state); at !== undefined && at <= now; ) {
    turn.now = at;
    doNext(turn, at);
    at = nextTickAt(turn.state);
  }
  turn.now = now;
  return turn;
};

/** Does the first thing that is due: sends a delayed event, or moves a task to its next status. */
const doNext = (turn: Turn, at: number): void => {
  const [event, ...delayed] = turn.state.delayed;
  if (event !== undefined && event.at === at) {
    turn.state = { ...turn.state, delayed };
    turn.events.push(event.event);
    return;
  }
  const [timer, ...timers] = turn.state.timers;
  turn.state = { ...turn.state, timers };
  const task = timer === undefined ? undefined : taskOf(turn.state, timer.taskArn);
  if (task !== undefined && task.dueAt === timer?.at) advance(turn, task);
};
