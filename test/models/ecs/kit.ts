import type { Availability } from '../../../models/ecs/availability.ts';
import type { EcsAction, EcsAnswer } from '../../../models/ecs/call.ts';
import { call, newEcs, reclaim, report, setAvailability, tick } from '../../../models/ecs/ecs.ts';
import type { EcsOptions } from '../../../models/ecs/options.ts';
import type { EcsOutput } from '../../../models/ecs/output.ts';
import type { RuntimeOrder, RuntimeReport } from '../../../models/ecs/runtime.ts';
import type { EcsState } from '../../../models/ecs/state.ts';
import type { EcsEvent } from '../../../models/ecs/task-view.ts';
import { seeded } from '../seeded.ts';

export const cluster = 'davit-local';

/** The model with its own clock, and with all events and orders so far. */
export interface World {
  now: number;
  state: EcsState;
  readonly events: EcsEvent[];
  readonly orders: RuntimeOrder[];
  call(action: EcsAction, input: unknown): EcsAnswer;
  /** The output of a call that must succeed. */
  ask(action: EcsAction, input: unknown): EcsOutput;
  /** The error code and message of a call that must be refused. */
  refusal(action: EcsAction, input: unknown): string;
  pass(ms: number): void;
  report(what: RuntimeReport): void;
  reclaim(taskArn: string, stopCode?: 'SpotInterruption' | 'TerminationNotice'): void;
  setAvailability(provider: string, availability: Availability): void;
}

export const newWorld = (options: Partial<EcsOptions> = {}, seed = 1): World => {
  const rng = seeded(seed);
  const keep = (reaction: {
    state: EcsState;
    events: readonly EcsEvent[];
    orders: readonly RuntimeOrder[];
  }) => {
    world.state = reaction.state;
    world.events.push(...reaction.events);
    world.orders.push(...reaction.orders);
  };
  const world: World = {
    now: 1_795_000_000_000,
    state: newEcs({ clusters: [cluster], ...options }),
    events: [],
    orders: [],
    call(action, input) {
      const reaction = call(world.state, { action, input }, world.now, rng);
      keep(reaction);
      return reaction.answer;
    },
    ask(action, input) {
      const answer = world.call(action, input);
      if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
      return answer.output;
    },
    refusal(action, input) {
      const answer = world.call(action, input);
      if (answer.ok) throw new Error(`expected a refusal, got ${JSON.stringify(answer.output)}`);
      return `${answer.error.code}: ${answer.error.message}`;
    },
    pass(ms) {
      world.now += ms;
      keep(tick(world.state, world.now, rng));
    },
    report(what) {
      keep(report(world.state, what, world.now, rng));
    },
    reclaim(taskArn, stopCode = 'SpotInterruption') {
      keep(reclaim(world.state, { taskArn, stopCode }, world.now, rng));
    },
    setAvailability(provider, availability) {
      world.state = setAvailability(world.state, provider, availability);
    },
  };
  return world;
};

export const definition = {
  family: 'davit_local_echo_1_0_0_fargate',
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
  containerDefinitions: [
    {
      name: 'tool',
      image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/davit-local/echo:1.0.0',
      essential: true,
      environment: [{ name: 'FROM', value: 'definition' }],
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': '/davit/local/tools', 'awslogs-stream-prefix': 'tool' },
      },
    },
  ],
};

/** A world in which the definition above is registered. */
export const newReadyWorld = (options: Partial<EcsOptions> = {}, seed = 1): World => {
  const world = newWorld(options, seed);
  world.ask('RegisterTaskDefinition', definition);
  return world;
};

export const runInput = (more: Readonly<Record<string, unknown>> = {}) => ({
  cluster,
  taskDefinition: `${definition.family}:1`,
  capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'] } },
  startedBy: 'task-1/1',
  clientToken: 'token-1',
  overrides: {
    containerOverrides: [{ name: 'tool', environment: [{ name: 'DAVIT_RUN', value: '1' }] }],
  },
  ...more,
});

/** Starts one task; returns its ARN. */
export const startTask = (world: World, more: Readonly<Record<string, unknown>> = {}): string => {
  const output = world.ask('RunTask', runInput(more));
  return output.tasks?.[0]?.taskArn ?? 'no task';
};

/** Starts one task and brings it to RUNNING, in a world without delays; returns its ARN. */
export const startRunningTask = (
  world: World,
  more: Readonly<Record<string, unknown>> = {},
): string => {
  const taskArn = startTask(world, more);
  world.pass(0);
  world.report({ kind: 'started', taskArn });
  world.pass(0);
  return taskArn;
};

export const describeTask = (world: World, taskArn: string) =>
  world.ask('DescribeTasks', { cluster, tasks: [taskArn] }).tasks?.[0];

/** `lastStatus/desiredStatus` of each event of a task, in the order of emission. */
export const statusesOf = (world: World, taskArn: string): readonly string[] =>
  world.events
    .filter((event) => event.detail.taskArn === taskArn)
    .map(({ detail }) => `${detail.lastStatus}/${detail.desiredStatus}`);
