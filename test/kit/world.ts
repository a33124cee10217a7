import type { BasicProperties } from '../../models/amqp.ts';
import { ack, deliver, requeue } from '../../models/broker/deliver.ts';
import { publish } from '../../models/broker/publish.ts';
import type { Task } from '../../shared/core/task.ts';
import type { Release, ToolSpec } from '../../shared/core/tool.ts';
import { dispatchAll } from '../../shared/flows/dispatch.ts';
import { settleAll } from '../../shared/flows/settle.ts';
import { sweep } from '../../shared/flows/sweep.ts';
import type { Metric } from '../../shared/ports/metric.ts';
import { ecsRecordsOf } from '../../shared/wire/ecs-event.ts';
import { deliveryOf } from '../../shared/wire/message.ts';
import { defaultReplyPrefix } from '../../shared/wire/reply-address.ts';
import { releaseNamed, sampleSpec } from './facts.ts';
import { type MemoryOptions, memoryPorts } from './memory-ports.ts';
import { families } from './site.ts';

interface Options extends MemoryOptions {
  readonly spec?: Partial<ToolSpec>;
}

/** The flows over memory ports, with `echo` live in version 1.0.0 and a queue for replies. */
export const newWorld = ({ spec = {}, ...options }: Options = {}) => {
  const memory = memoryPorts(options);
  const { clock, tasks, versions, tools, broker, runs, faults, gates, limits, ports } = memory;
  const { counts, logged, busEvents } = memory;

  /** A version of echo whose definition the cluster has. */
  const registered = (version: string, more: Partial<ToolSpec> = {}): Release => {
    const release = releaseNamed(version, { ...spec, ...more });
    return { ...release, definitions: { fargate: runs.register(release) } };
  };

  const makeLive = (version: string, more: Partial<ToolSpec> = {}): Release => {
    const live = registered(version, more);
    tools.set('echo', { spec: live.spec, live });
    const record = { ...live, specVersion: 1, registeredAt: clock.now(), failedStarts: 0 };
    void versions.saveVersion(record);
    return live;
  };

  /** Publishes a message to davit.tasks, with `reply.web` as its reply queue. */
  const publishBody = (taskId: string, body: string, properties: BasicProperties = {}): void => {
    broker.state = publish(broker.state, {
      exchange: '',
      routingKey: 'davit.tasks',
      mandatory: true,
      now: clock.now(),
      message: {
        body: Buffer.from(body).toString('base64'),
        properties: { messageId: taskId, replyTo: 'reply.web', ...properties },
      },
    }).state;
  };
  const submit = (taskId: string, body: object = {}, properties: BasicProperties = {}): void =>
    publishBody(taskId, JSON.stringify({ tool: 'echo', ...body }), properties);

  /** A batch of the ready messages of each queue, doorbells first; it is redelivered when dispatch throws. */
  const dispatch = async (signal?: AbortSignal): Promise<void> => {
    for (const queue of ['davit.doorbells', 'davit.tasks'] as const)
      if (broker.ready(queue).length > 0) await dispatchFrom(queue, signal);
  };

  const dispatchFrom = async (
    queue: 'davit.tasks' | 'davit.doorbells',
    signal?: AbortSignal,
  ): Promise<void> => {
    const taken = deliver(broker.state, { queue, connection: 'trigger', most: 100 });
    const tags = taken.deliveries.map(({ tag }) => tag);
    broker.state = taken.state;
    const deliveries = taken.deliveries.map(({ body, properties }) =>
      deliveryOf(
        {
          id: properties.messageId,
          run: properties.headers?.['davit-run'],
          dead: properties.headers?.['davit-dead'],
          priority: properties.priority,
          replyTo: properties.replyTo,
          correlationId: properties.correlationId,
          body: Buffer.from(body, 'base64'),
        },
        defaultReplyPrefix,
      ),
    );
    try {
      await settled(dispatchAll(deliveries, ports, signal));
      broker.state = ack(broker.state, tags);
    } catch (error) {
      broker.state = requeue(broker.state, tags, clock.now());
      throw error;
    }
  };

  /** The events of ECS since the last call, delivered as one batch; returns the records that failed. */
  const settle = (): Promise<readonly string[]> => {
    const events = runs.takeEvents();
    const Records = events.map((event, index) => ({
      messageId: `m-${index}`,
      body: JSON.stringify(event),
    }));
    return settleAll(ecsRecordsOf({ Records }, families).seen, ports);
  };

  /** Advances the time by this many milliseconds; the cluster takes its due steps, and due timers fire. */
  const pass = async (ms: number): Promise<void> => {
    const until = clock.now() + ms;
    while (clock.now() < until) {
      const next = Math.min(until, runs.nextAt() ?? until, clock.nextAt() ?? until);
      await clock.advance(Math.max(next - clock.now(), next === clock.now() ? 1 : 0));
      runs.tick();
    }
  };

  /** Waits for a promise, and advances the clock while its work waits for it. */
  const settled = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    const end = work.finally(() => {
      done = true;
    });
    end.catch(() => undefined);
    for (let turns = 0; !done && turns < 10_000; turns += 1) {
      await new Promise(setImmediate);
      const next = clock.nextAt();
      if (!done && next !== undefined) await clock.advance(Math.max(0, next - clock.now()));
    }
    return end;
  };

  const row = (taskId: string): Task => {
    const found = tasks.rows().find((task) => task.taskId === taskId);
    if (!found) throw new Error(`there is no row ${taskId}`);
    return found;
  };

  const arnOf = (taskId: string): string => {
    const found = row(taskId);
    if ('ecsTaskArn' in found && found.ecsTaskArn) return found.ecsTaskArn;
    throw new Error(`${taskId} is ${found.phase} and has no ECS task`);
  };

  broker.listen('reply.web');
  makeLive('1.0.0');

  return {
    clock,
    tasks,
    tools,
    versions,
    broker,
    runs,
    faults,
    ports,
    limits,
    logged,
    busEvents,
    gates,
    makeLive,
    registered,
    publishBody,
    submit,
    dispatch,
    dispatchFrom,
    settle,
    pass,
    settled,
    row,
    arnOf,
    sweep: (signal?: AbortSignal) => sweep(ports, signal),
    count: (name: Metric) => counts.get(name) ?? 0,
    phases: () => tasks.rows().map((task) => task.phase),
    names: () => logged.map(({ what }) => what),
    /** Every ECS task that was ever started, by its name. */
    launched: () => {
      while ((runs.nextAt() ?? Number.POSITIVE_INFINITY) <= clock.now()) runs.tick();
      return runs.orders.flatMap((order) =>
        order.kind === 'start'
          ? [`${order.environment.DAVIT_TASK_ID}/${order.environment.DAVIT_RUN}`]
          : [],
      );
    },
    /** The messages of a queue, oldest first: the types of events, the ids of other messages. */
    sentTo: (queue: string) =>
      broker.ready(queue).map(({ properties }) => properties.type ?? properties.messageId ?? ''),
    sampleSpec,
  };
};

/** Whether dispatch has a message to take. */
export const isAnyReady = ({ broker }: World): boolean =>
  broker.ready('davit.tasks').length + broker.ready('davit.doorbells').length > 0;

export type World = ReturnType<typeof newWorld>;
