import { ended, newPoller, nextPollAt, type PollerOptions, poll } from '../../models/sqs/poller.ts';
import { call, newQueues } from '../../models/sqs/queues.ts';
import type { QueueOptions, QueuesState } from '../../models/sqs/types.ts';
import type { FlowName } from './happening.ts';
import type { Lambda } from './lambda.ts';
import type { World } from './world.ts';

/** An SQS queue, and Lambda's poller on it. */
export interface PolledQueue {
  readonly send: (body: string) => void;
  readonly start: (lambda: Lambda) => void;
  /** How many messages are not done, whether the function has them or not. */
  readonly waiting: () => number;
}

interface Options {
  /** The function that takes the messages. */
  readonly flow: FlowName;
  /** The name of the world's stream of random numbers for this queue. */
  readonly stream: string;
  readonly queue: Pick<QueueOptions, 'name' | 'visibilityTimeoutMs'> &
    Required<Pick<QueueOptions, 'redrive'>>;
  readonly mapping: Pick<PollerOptions, 'batchSize' | 'maxConcurrency' | 'reportsItems'>;
}

/** An empty queue. The plan says which share of receipts comes twice. */
export const polledQueueOf = (
  world: World,
  { flow, stream, queue, mapping }: Options,
): PolledQueue => {
  const { timeline, plan } = world;
  const { name } = queue;
  const chance = world.chance(stream);
  const doubles = plan.traits.eventDoubles;
  const queues = newQueues([{ ...queue, doubles }, { name: queue.redrive.deadQueue }]);
  let lambda: Lambda | undefined;
  let state = newPoller(queues, { queue: name, ...mapping });
  let pollAt = Number.POSITIVE_INFINITY;

  const schedulePoll = (): void => {
    const at = nextPollAt(state, timeline.now());
    if (lambda === undefined || at === undefined || at >= pollAt) return;
    // A poller sees a message some time after it came.
    const seenAt = at + chance.whole(10, 200);
    if (seenAt >= pollAt) return;
    pollAt = seenAt;
    timeline.at(seenAt, () => {
      if (pollAt !== seenAt) return;
      pollAt = Number.POSITIVE_INFINITY;
      pollNow();
    });
  };

  const pollNow = (): void => {
    const polled = poll(state, timeline.now(), chance.next);
    state = polled.state;
    for (const { batch, event } of polled.invocations) {
      lambda?.invoke(flow, event, (result) => {
        state = ended(state, { batch, result });
        schedulePoll();
      });
    }
    schedulePoll();
  };

  timeline.at(plan.calmAt, () => {
    state = { ...state, queues: withoutDoubles(state.queues, name) };
  });

  return {
    send: (MessageBody) => {
      const input = { QueueUrl: name, MessageBody };
      const { answer, state: next } = call(
        state.queues,
        { action: 'SendMessage', input },
        timeline.now(),
        chance.next,
      );
      if (!answer.ok) throw new Error(`SQS refuses a message: ${answer.error.message}`);
      state = { ...state, queues: next };
      schedulePoll();
    },
    start: (given) => {
      lambda = given;
      schedulePoll();
    },
    waiting: () => state.queues.queues[name]?.messages.length ?? 0,
  };
};

const withoutDoubles = (state: QueuesState, name: string): QueuesState => {
  const { [name]: queue, ...others } = state.queues;
  if (queue === undefined) return state;
  const calmed = { ...queue, options: { ...queue.options, doubles: 0 } };
  return { ...state, queues: { ...others, [name]: calmed } };
};
