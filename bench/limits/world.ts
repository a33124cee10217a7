import { setImmediate as nextTurn } from 'node:timers/promises';
import { ack, deliver } from '../../models/broker/deliver.ts';
import { dispatchAll } from '../../shared/flows/dispatch.ts';
import { paceOf } from '../../shared/flows/pace.ts';
import { settleAll } from '../../shared/flows/settle.ts';
import { sweep } from '../../shared/flows/sweep.ts';
import type { Clock } from '../../shared/ports.ts';
import { ecsRecordsOf } from '../../shared/wire/ecs-event.ts';
import { deliveryOf } from '../../shared/wire/message.ts';
import { defaultReplyPrefix } from '../../shared/wire/reply-address.ts';
import { families } from '../../test/kit/site.ts';
import { type Limited, limitedWorld } from './limited-world.ts';
import { countedItem, slowPorts } from './slow-ports.ts';

/** How many messages and events one invocation takes, and how many invocations of `settle` run at once: as in the template. */
export interface Batches {
  readonly messages: number;
  readonly events: number;
  readonly settles: number;
  /** How many runs each queue launches in a second. */
  readonly launchesPerSecond: number;
}

/** The runs under the limit. */
export interface LimitedRuns extends Limited {
  readonly runMs: number;
}

/** A function without work looks for some so often. */
const pollMs = 50;
const minute = 60_000;

/**
 * The flows under one limit in virtual time, over the models of ECS, RabbitMQ and DynamoDB, with assumed latencies. Each function
 * has processes of its own as on AWS, so that they race for the item of the limit: `dispatch` one for each queue, `settle` several,
 * and `sweep` each minute.
 */
export const limitsWorld = async ({ runMs, ...limited }: LimitedRuns, batches: Batches) => {
  // In the order of their starts, which is that of their ends.
  const startedAt = new Map<string, number>();
  const { world, itemKey, submit } = await limitedWorld(limited, ({ kind, taskArn }) => {
    if (kind !== 'start') return undefined;
    startedAt.set(taskArn, world.clock.now());
    return { kind: 'started', taskArn };
  });
  const { clock, broker, tasks } = world;
  let events: object[] = [];
  let isDone = false;
  let mostLiving = 0;

  const item = countedItem(world, itemKey);
  const portsOfInvocation = slowPorts(world, item.limits);

  // Times are whole milliseconds, as those of a machine are: an item with others cannot be read.
  const waitWhole: Clock['wait'] = (ms, signal) => clock.wait(Math.ceil(ms), signal);

  const dispatching = async (queue: 'davit.tasks' | 'davit.doorbells'): Promise<void> => {
    const pace = paceOf({ now: clock.now, wait: waitWhole }, batches.launchesPerSecond);
    while (!isDone) {
      const taken = deliver(broker.state, { queue, connection: queue, most: batches.messages });
      if (taken.deliveries.length === 0) {
        await clock.wait(pollMs);
        continue;
      }
      broker.state = taken.state;
      const deliveries = taken.deliveries.map(({ body, properties }) =>
        deliveryOf(
          {
            id: properties.messageId,
            run: properties.headers?.['davit-run'],
            replyTo: properties.replyTo,
            body: Buffer.from(body, 'base64'),
          },
          defaultReplyPrefix,
        ),
      );
      await dispatchAll(deliveries, { ...portsOfInvocation(), pace });
      broker.state = ack(
        broker.state,
        taken.deliveries.map(({ tag }) => tag),
      );
    }
  };
  const settling = async (): Promise<void> => {
    while (!isDone) {
      const batch = events.splice(0, batches.events);
      if (batch.length === 0) {
        await clock.wait(pollMs);
        continue;
      }
      const Records = batch.map((event, at) => ({
        messageId: `m-${at}`,
        body: JSON.stringify(event),
      }));
      const failed = await settleAll(ecsRecordsOf({ Records }, families).seen, portsOfInvocation());
      events.push(...batch.filter((_, at) => failed.includes(`m-${at}`)));
    }
  };
  const sweeping = async (): Promise<void> => {
    while (!isDone) {
      await clock.wait(minute);
      await sweep(portsOfInvocation());
    }
  };
  const endRuns = (): void => {
    for (const [taskArn, at] of startedAt) {
      if (clock.now() < at + runMs) return;
      startedAt.delete(taskArn);
      world.runs.exit(taskArn, 0);
    }
  };
  const clustering = async (): Promise<void> => {
    while (!isDone) {
      await clock.wait(pollMs);
      world.runs.tick();
      endRuns();
      events = [...events, ...world.runs.takeEvents()];
      mostLiving = Math.max(mostLiving, world.runs.living().length);
    }
  };

  /** Lets the functions work until the load ends. */
  const play = async (load: () => Promise<void>): Promise<void> => {
    const works = [
      dispatching('davit.tasks'),
      dispatching('davit.doorbells'),
      sweeping(),
      clustering(),
      ...Array.from({ length: batches.settles }, settling),
    ];
    const ended = load().finally(() => {
      isDone = true;
    });
    let isOver = false;
    const all = Promise.all([ended, ...works]).finally(() => {
      isOver = true;
    });
    all.catch(() => undefined);
    while (!isOver) {
      await nextTurn();
      const next = clock.nextAt();
      if (!isOver && next !== undefined) await clock.advance(Math.max(0, next - clock.now()));
    }
    await all;
  };

  return {
    clock,
    play,
    submit,
    writes: item.writes,
    /** When a write of the limit's item was refused, because its partition had taken too many in that second. */
    refusals: item.refusals,
    mostLiving: () => mostLiving,
    /** How many runs were launched, and how many tasks wait for a place. */
    counts: () => {
      const rows = tasks.rows();
      const waiting = rows.filter((row) => row.phase === 'QUEUED').length;
      return { launched: rows.length - waiting, waiting };
    },
  };
};
