import { ended, newPoller, nextPollAt, poll } from '../../models/sqs/poller.ts';
import { call, newQueues } from '../../models/sqs/queues.ts';
import type { QueuesState } from '../../models/sqs/types.ts';
import type { Lambda } from './lambda.ts';
import type { World } from './world.ts';

/** The SQS queue of ECS's events, and Lambda's poller on it. */
export interface SettleQueue {
  readonly send: (body: string) => void;
  readonly start: (lambda: Lambda) => void;
  /** How many messages are not done, whether settle has them or not. */
  readonly waiting: () => number;
}

const queue = 'events';
const deadQueue = 'dead-events';

/** The queue and the mapping as in infra/queues.yml and serverless.yml. The plan says which share of receipts comes twice. */
export const settleQueueOf = (world: World): SettleQueue => {
  const { timeline, plan } = world;
  const chance = world.chance('sqs');
  let lambda: Lambda | undefined;
  let state = newPoller(newQueues([optionsWith(plan.traits.eventDoubles), { name: deadQueue }]), {
    queue,
    batchSize: 10,
    maxConcurrency: 5,
    reportsItems: true,
  });
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
      lambda?.invoke('settle', event, (result) => {
        state = ended(state, { batch, result });
        schedulePoll();
      });
    }
    schedulePoll();
  };

  timeline.at(plan.calmAt, () => {
    state = { ...state, queues: withoutDoubles(state.queues) };
  });

  return {
    send: (MessageBody) => {
      const input = { QueueUrl: queue, MessageBody };
      const { answer, state: queues } = call(
        state.queues,
        { action: 'SendMessage', input },
        timeline.now(),
        chance.next,
      );
      if (!answer.ok) throw new Error(`SQS refuses an event: ${answer.error.message}`);
      state = { ...state, queues };
      schedulePoll();
    },
    start: (given) => {
      lambda = given;
      schedulePoll();
    },
    waiting: () => messagesIn(state.queues),
  };
};

const optionsWith = (doubles: number) => ({
  name: queue,
  visibilityTimeoutMs: 180_000,
  redrive: { deadQueue, maxReceiveCount: 5 },
  doubles,
});

const withoutDoubles = (state: QueuesState): QueuesState => {
  const { [queue]: events, ...others } = state.queues;
  if (events === undefined) return state;
  const calmed = { ...events, options: { ...events.options, doubles: 0 } };
  return { ...state, queues: { ...others, [queue]: calmed } };
};

const messagesIn = ({ queues }: QueuesState): number => queues[queue]?.messages.length ?? 0;
