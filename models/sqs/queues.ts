import * as v from 'valibot';
import { fine, type Refusal, refused } from '../answer.ts';
import { ownOf } from '../own.ts';
import type { Rng } from '../random.ts';
import { received, viewOf } from './receive.ts';
import type {
  Queue,
  QueueAction,
  QueueAnswer,
  QueueCall,
  QueueOptions,
  QueuesState,
} from './types.ts';

/** Empty queues. A dead-letter queue is one of them. */
export const newQueues = (
  queues: readonly (Partial<QueueOptions> & Pick<QueueOptions, 'name'>)[],
): QueuesState => ({
  account: '123456789012',
  region: 'eu-central-1',
  queues: Object.fromEntries(
    queues.map((options) => [
      options.name,
      {
        options: { visibilityTimeoutMs: 30_000, delayMs: 0, doubles: 0, ...options },
        messages: [],
      },
    ]),
  ),
  nextId: 1,
});

interface QueueReaction {
  readonly state: QueuesState;
  readonly answer: QueueAnswer;
}

/** Answers one request at `now`. Which messages a receipt gets, and which of them come twice, is drawn. */
export const call = (
  state: QueuesState,
  { action, input }: QueueCall,
  now: number,
  rng: Rng,
): QueueReaction => operations[action](state, input, { now, rng });

interface Moment {
  readonly now: number;
  readonly rng: Rng;
}

type Operation = (state: QueuesState, input: unknown, moment: Moment) => QueueReaction;

const operation =
  <const Fields extends v.ObjectEntries>(
    fields: Fields,
    answer: (
      state: QueuesState,
      given: {
        readonly queue: Queue;
        readonly input: v.InferOutput<v.ObjectSchema<Fields, undefined>>;
      },
      moment: Moment,
    ) => QueueReaction,
  ): Operation =>
  (state, body, moment) => {
    const parsed = v.safeParse(v.object(fields), body, { abortEarly: true });
    if (!parsed.success) return { state, answer: invalid(parsed.issues[0].message) };
    const queue = queueIn(state, body);
    return queue === undefined
      ? { state, answer: absent }
      : answer(state, { queue, input: parsed.output }, moment);
  };

const urlInput = v.object({ QueueUrl: v.string() });

/** The queue that a URL names by its last part. */
const queueIn = (state: QueuesState, body: unknown): Queue | undefined => {
  const parsed = v.safeParse(urlInput, body);
  const name = parsed.success ? parsed.output.QueueUrl.split('/').at(-1) : undefined;
  return name === undefined ? undefined : ownOf(state.queues, name);
};

const absent: Refusal = refused('QueueDoesNotExist', 'The specified queue does not exist.');

const invalid = (message: string): Refusal => refused('InvalidParameterValue', message);

const whole = (name: string, from: number, to: number) => {
  const message = `Value for parameter ${name} is invalid. Reason: Must be between ${from} and ${to}, if provided.`;
  return v.optional(
    v.pipe(
      v.number(message),
      v.integer(message),
      v.minValue(from, message),
      v.maxValue(to, message),
    ),
  );
};

/** SQS's limit since 2025 is 1 MiB (SQS developer guide, message quotas). */
const maxBodyBytes = 1_048_576;

const sendMessage = operation(
  {
    MessageBody: v.pipe(
      v.string('The request must contain the parameter MessageBody.'),
      v.minLength(1, 'The request must contain the parameter MessageBody.'),
      v.check(
        (body) => new TextEncoder().encode(body).length <= maxBodyBytes,
        `One or more parameters are invalid. Reason: Message must be shorter than ${maxBodyBytes} bytes.`,
      ),
    ),
    DelaySeconds: whole('DelaySeconds', 0, 900),
  },
  (state, { queue, input }, { now }) => {
    const delayMs =
      input.DelaySeconds === undefined ? queue.options.delayMs : input.DelaySeconds * 1000;
    const id = `message-${state.nextId}`;
    const message = {
      id,
      body: input.MessageBody,
      sentAt: now,
      visibleAt: now + delayMs,
      receives: 0,
      firstReceivedAt: null,
      receipt: '',
    };
    const next = withQueue(state, { ...queue, messages: [...queue.messages, message] });
    return { state: { ...next, nextId: state.nextId + 1 }, answer: fine({ MessageId: id }) };
  },
);

const receiveMessage = operation(
  {
    MaxNumberOfMessages: whole('MaxNumberOfMessages', 1, 10),
    VisibilityTimeout: whole('VisibilityTimeout', 0, 43_200),
  },
  (state, { queue, input }, moment) => {
    const done = received(
      state,
      {
        name: queue.options.name,
        most: input.MaxNumberOfMessages ?? 1,
        ...(input.VisibilityTimeout !== undefined && { hiddenMs: input.VisibilityTimeout * 1000 }),
      },
      moment,
    );
    const messages = done.messages.map(viewOf);
    return {
      state: done.state,
      answer: fine(messages.length === 0 ? {} : { Messages: messages }),
    };
  },
);

/** Succeeds also for a message that is gone. A receipt that is not the last one deletes nothing (SQS API reference, DeleteMessage). */
const deleteMessage = operation(
  { ReceiptHandle: v.string('The request must contain the parameter ReceiptHandle.') },
  (state, { queue, input }) => ({
    state: withQueue(state, {
      ...queue,
      messages: queue.messages.filter(({ receipt }) => receipt !== input.ReceiptHandle),
    }),
    answer: fine({}),
  }),
);

const withQueue = (state: QueuesState, queue: Queue): QueuesState => ({
  ...state,
  queues: { ...state.queues, [queue.options.name]: queue },
});

const operations: Readonly<Record<QueueAction, Operation>> = {
  SendMessage: sendMessage,
  ReceiveMessage: receiveMessage,
  DeleteMessage: deleteMessage,
};
