import { tasksTable } from '../../shared/aws/tasks.ts';
import type { Tasks } from '../../shared/ports.ts';
import type { Outcome } from '../../test/simulation/calls.ts';
import { clientsOf } from '../../test/simulation/clients.ts';
import { cloudOf } from '../../test/simulation/cloud.ts';
import { crashPointsOf } from '../../test/simulation/crash-points.ts';
import { openFunctions } from '../../test/simulation/functions.ts';
import type { FlowName } from '../../test/simulation/happening.ts';
import { lambdaOf } from '../../test/simulation/lambda.ts';
import { names } from '../../test/simulation/names.ts';
import type { Temper } from '../../test/simulation/planned-tool.ts';
import { rabbitOf } from '../../test/simulation/rabbit.ts';
import { settleQueueOf } from '../../test/simulation/settle-queue.ts';
import { blind } from '../../test/simulation/watchers.ts';
import { newWorld } from '../../test/simulation/world.ts';
import { callsOf } from './calls.ts';
import { crowdPlan } from './plan.ts';
import { bigTable } from './table.ts';

const minute = 60_000;

/**
 * The real functions over the models of AWS and RabbitMQ, in virtual time, with nothing in trouble: the world of the simulator with
 * a table for many rows, and with two tools. The sweep runs each minute. `temper`: how runs of the crowd behave.
 */
export const crowdWorld = async (seed: number, temper: Partial<Temper> = {}) => {
  const plan = crowdPlan(seed, temper);
  const { start } = plan;
  /** When the container of each run began to live: `task-1/2`. */
  const startedAt = new Map<string, number>();
  /** When each task was first said to have ended, and each doorbell was rung. */
  const saidAt = new Map<string, number>();
  const doorbells: { readonly at: number; readonly taskId: string }[] = [];
  const failures: string[] = [];
  let isDeaf = false;
  const release = { name: 'today', openFunctions };
  const world = newWorld({
    plan,
    current: release,
    previous: release,
    watchers: {
      ...blind,
      started: ({ taskId, run }) => {
        startedAt.set(`${taskId}/${run}`, timeline.now());
      },
      published: ({ exchange, routingKey, properties }) => {
        if (routingKey === 'davit.doorbells')
          doorbells.push({ at: timeline.now(), taskId: String(properties.messageId) });
        if (exchange === 'davit.events' && /[.](cancelled|succeeded|failed)$/.test(routingKey)) {
          const [taskId = ''] = String(properties.messageId).split('/');
          if (!saidAt.has(taskId)) saidAt.set(taskId, timeline.now());
        }
      },
      ended: (flow, how, { error }) => {
        if (how === 'failed') failures.push(`${flow}: ${String(error)}`);
      },
    },
  });
  const { timeline } = world;
  const table = bigTable(timeline.now);
  const settleQueue = settleQueueOf(world);
  const rabbit = rabbitOf(world);
  const cloud = cloudOf(
    world,
    (event) => {
      if (!isDeaf) settleQueue.send(event);
    },
    () => {},
    (name) =>
      timeline.at(timeline.now() + 1_000, () =>
        lambda.invoke('sweep', { source: 'aws.ssm', detail: { name } }),
      ),
  );
  const calls = callsOf(timeline.now, (service, action, input, by) =>
    service === 'dynamodb' ? table.call(action, input) : cloud.perform(service, action, input, by),
  );
  const lambda = lambdaOf(world, {
    perform: calls.perform,
    post: rabbit.post,
    crashPoints: crashPointsOf(world),
  });

  const everyMinute = (at: number): void =>
    timeline.at(at, () => {
      lambda.invoke('sweep', {});
      everyMinute(at + minute);
    });

  lambda.invoke('release', {});
  timeline.at(start + 900, () => {
    rabbit.start(lambda);
    settleQueue.start(lambda);
  });
  await timeline.runUntil(start + minute / 2);
  everyMinute(start + minute);

  const publish = (queue: 'davit.tasks' | 'davit.control', body: object, id?: string): void =>
    rabbit.publish({
      kind: 'publish',
      at: timeline.now(),
      queue,
      body: JSON.stringify(body),
      ...(id === undefined ? {} : { id, replyTo: 'reply.web' }),
    });

  return {
    now: timeline.now,
    timeline,
    table,
    calls,
    cloud,
    startedAt,
    saidAt,
    doorbells,
    failures,
    /** The rows, written and read at once. */
    tasks: rowsOf(table.call),
    /** Does some work without the events of ECS. */
    withoutEvents: async (work: () => Promise<void>): Promise<void> => {
      isDeaf = true;
      await work();
      isDeaf = false;
    },
    /** Publishes a task. */
    send: (tool: string, id: string, tenant = 'default'): void =>
      publish('davit.tasks', { tool, input: {}, tenant }, id),
    ask: (request: object): void => publish('davit.control', request),
    invoke: (flow: FlowName, event: unknown): Promise<void> =>
      new Promise((resolve) => lambda.invoke(flow, event, () => resolve())),
    /** Lets the world go on until this holds, a second at a time. Throws when it never does. */
    until: async (what: string, holds: () => boolean, withinMs: number): Promise<void> => {
      const end = timeline.now() + withinMs;
      while (!holds()) {
        if (timeline.now() >= end)
          throw new Error(`Expected ${what} within ${withinMs / 1_000} s of virtual time.`);
        await timeline.runUntil(timeline.now() + 1_000);
      }
    },
  };
};

/** The product's adapter of the table, without the time that a call takes. */
const rowsOf = (call: (action: string, input: unknown) => Outcome): Tasks => {
  const { dynamodb } = clientsOf(async (_service, action, input) => {
    const outcome = call(action, input);
    if (!outcome.ok) throw new Error(outcome.error.message);
    return outcome.output;
  });
  let writes = 0;
  const newId = (): string => {
    writes += 1;
    return `bench-${writes}`;
  };
  return tasksTable({ client: dynamodb, table: names.table, newId });
};

export type CrowdWorld = Awaited<ReturnType<typeof crowdWorld>>;
