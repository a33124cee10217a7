import type { Published } from '../../models/broker/publish.ts';
import type { Sent } from '../../shared/ports.ts';
import type { Post } from '../../shared/rabbit/broker.ts';
import type { Letter } from '../../shared/rabbit/lane.ts';
import type { Caller } from './calls.ts';
import type { World } from './world.ts';

/** What a post needs of the broker. */
export interface Postbox {
  readonly put: (letter: Letter) => Published;
  /** The ready messages of a queue. */
  readonly ready: (queue: string) => number | undefined;
  /** RabbitMQ does not answer at all. */
  readonly isDown: () => boolean;
}

const confirmMs = 10_000;
/** Davit waits less long for the queues of publishers (shared/rabbit/broker.ts). */
const replyConfirmMs = 5_000;

/** How a process publishes: each message takes effect some time after it was sent, and is confirmed some time after that. */
export const postOf = (world: World, box: Postbox, { chance, wake }: Caller): Post => {
  const { timeline } = world;

  const answerAfter = (ms: number, sent: Sent, resolve: (sent: Sent) => void): void =>
    timeline.at(timeline.now() + ms, () => wake(() => resolve(sent)));

  const arrive = (letter: Letter, slowMs: number, resolve: (sent: Sent) => void): void => {
    if (box.isDown()) {
      answerAfter(confirmMs, noAnswer, resolve);
      return;
    }
    if (isStuck(world, letter)) {
      answerAfter(replyConfirmMs, noReplyTaken, resolve);
      return;
    }
    const answer = sentOf(box.put(letter));
    const isLost = isConfirmLost();
    // The link may have sent it again.
    if (isLost && chance.is(0.5)) box.put(letter);
    if (isLost) answerAfter(confirmMs, noAnswer, resolve);
    else answerAfter(chance.whole(1, 10) + slowMs, answer, resolve);
  };

  const isConfirmLost = (): boolean =>
    world.troubleOf('rabbitmq') === 'deaf' ||
    (!world.isCalm() && chance.is(world.plan.traits.lostAnswers));

  const send = (letter: Letter, resolve: (sent: Sent) => void): void => {
    const trouble = world.troubleOf('rabbitmq');
    if (trouble === 'refusing') {
      answerAfter(50, refused, resolve);
      return;
    }
    if (trouble === 'silent') {
      // The link connects again and sends once more.
      answerAfter(2 * confirmMs, noAnswer, resolve);
      return;
    }
    const isSlow = trouble === 'slow' || trouble === 'throttling';
    const slowMs = isSlow ? chance.whole(500, 8_000) : 0;
    timeline.at(timeline.now() + chance.whole(1, 10) + slowMs, () =>
      arrive(letter, slowMs, resolve),
    );
  };

  return {
    send: (_line, letter) => new Promise((resolve) => send(letter, resolve)),
    ready: (queue) =>
      new Promise((resolve) => {
        timeline.at(timeline.now() + chance.whole(1, 10), () => {
          const ready = box.isDown() ? undefined : box.ready(queue);
          wake(() => resolve(ready));
        });
      }),
  };
};

const refused: Sent = { kind: 'failed', why: 'connect ECONNREFUSED', silent: 'peer' };
const noAnswer: Sent = { kind: 'failed', why: 'no confirm in 10 s', silent: 'peer' };

const noReplyTaken: Sent = { kind: 'failed', why: 'no confirm in 5 s', silent: 'address' };

/** The queue of a reply has no leader. */
const isStuck = ({ plan, timeline }: World, { exchange, routingKey }: Letter): boolean =>
  exchange === '' &&
  plan.happenings.some(
    (one) =>
      one.kind === 'repliesStuck' &&
      one.queue === routingKey &&
      one.at <= timeline.now() &&
      timeline.now() < one.until,
  );

const sentOf = (answer: Published): Sent => {
  switch (answer) {
    case 'routed':
    case 'unroutable':
      return { kind: 'sent' };
    case 'returned':
      return { kind: 'unroutable' };
    case 'refused':
      return { kind: 'failed', why: 'RabbitMQ refused the message: is the queue full?' };
    case 'no exchange':
      return { kind: 'failed', why: 'NOT_FOUND - no exchange' };
  }
};
