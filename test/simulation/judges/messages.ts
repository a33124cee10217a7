import type { Stored } from '../../../models/broker/state.ts';
import { deliveryOf } from '../../../shared/wire/message.ts';
import { keptProperties } from '../../../shared/wire/message-properties.ts';
import type { ServiceName, Trouble } from '../happening.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Watchers } from '../watchers.ts';
import { Violation } from './violation.ts';

/**
 * Judges that every message that dispatch is done with is owned by a row (invariant 1), and that dispatch fails only when the table
 * could not be reached, when something was so slow that its time was over, or when its process ended (invariant 8).
 */
export const judgeMessages = (
  worldOf: () => LiveWorld,
): Pick<Watchers, 'acknowledged' | 'ended'> => ({
  acknowledged: (messages, queue) => {
    if (queue !== 'davit.tasks' && queue !== 'davit.doorbells') return;
    // What dispatch had in hand when the table was restored may be in no row of the backup.
    if (wasRestored(worldOf())) return;
    for (const message of messages) judgeOwned(worldOf(), message);
  },
  ended: (flow, how, { error, startedAt }) => {
    if (flow !== 'dispatch' || how === 'returned' || !(error instanceof Error)) return;
    const world = worldOf();
    const isTooLate = /too late|Request aborted|no time left/.test(error.message);
    if (isTooLate ? wasSlow(world, startedAt) : wasTableBad(world)) return;
    throw new Violation(
      'neighbours',
      `dispatch failed, though ${isTooLate ? 'nothing was slow' : 'the table could be reached'}: ${error.message}`,
    );
  },
});

/** The table was restored some minutes ago. */
export const wasRestored = ({ plan, timeline }: LiveWorld): boolean =>
  plan.happenings.some(
    (one) =>
      one.kind === 'restore' && one.at <= timeline.now() && timeline.now() <= one.at + 5 * 60_000,
  );

/** Calls to the table may have failed some minutes ago, or may fail now. */
const wasTableBad = ({ plan, timeline }: LiveWorld): boolean =>
  plan.traits.serverErrors > 0 ||
  plan.traits.lostAnswers > 0 ||
  plan.happenings.some(
    (one) =>
      one.kind === 'trouble' &&
      one.service === 'dynamodb' &&
      one.at <= timeline.now() &&
      timeline.now() <= one.until + 5 * 60_000,
  );

/** Calls of an invocation that began then may have been without an answer for long. */
const wasSlow = ({ plan, timeline }: LiveWorld, startedAt: number): boolean =>
  plan.traits.lostAnswers > 0 ||
  plan.happenings.some(
    (one) =>
      one.kind === 'trouble' &&
      slowing.includes(one.how) &&
      callees.includes(one.service) &&
      one.at <= timeline.now() &&
      startedAt <= one.until,
  );

/** The troubles in which a caller waits long for an answer. */
const slowing: readonly Trouble[] = ['silent', 'deaf', 'slow'];

/** What dispatch calls. */
const callees: readonly ServiceName[] = ['dynamodb', 'ecs', 'eventBridge', 'rabbitmq', 'ssm'];

const judgeOwned = ({ cloud }: LiveWorld, { properties, body }: Stored): void => {
  const read = deliveryOf(
    {
      id: properties.messageId,
      run: properties.headers?.['davit-run'],
      dead: properties.headers?.['davit-dead'],
      priority: properties.priority,
      replyTo: properties.replyTo,
      correlationId: properties.correlationId,
      properties: keptProperties({}),
      body: Buffer.from(body, 'base64'),
    },
    'reply.',
  );
  if (read.kind === 'doorbell') return;
  const delivery = read.kind === 'returned' ? read.delivery : read;
  const { taskId, digest, strangerId } =
    delivery.kind === 'task' ? delivery.submission : delivery.rejection;
  const isOwned =
    cloud.itemOf(taskId)?.digest?.S === digest || cloud.itemOf(strangerId) !== undefined;
  if (!isOwned)
    throw new Violation(
      'owned',
      `message ${properties.messageId} was acknowledged, and no row owns it: ${Buffer.from(body, 'base64').toString().slice(0, 80)}`,
    );
};
