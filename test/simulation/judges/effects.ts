import { createHash } from 'node:crypto';
import type { LiveWorld } from '../live-world.ts';
import type { Watchers } from '../watchers.ts';
import { describe, hasEnded, type Row, type RowEffect, rowIn } from './item.ts';
import {
  countReplaceable,
  countWaiting,
  isReplaceable,
  judgeOutbox,
  mostReplaceable,
  mostWaiting,
} from './outboxes.ts';
import { Violation } from './violation.ts';

/**
 * Judges that no effect leaves an outbox undone, and that every end was published: to the listeners, to the publisher, to the bus and
 * to the dead letters (invariant 1).
 */
export const judgeEffects = (worldOf: () => LiveWorld) => {
  /** The ids of effects that RabbitMQ, EventBridge or ECS took. */
  const done = new Set<string>();

  const isDone = (effect: RowEffect, before: Row, after: Row): boolean => {
    // judges/versions.ts judges what is counted.
    if (done.has(effect.id) || effect.isCount) return true;
    switch (kindOf(effect)) {
      case 'doorbell':
        // A row that has moved past the run needs no doorbell for it.
        return after.run > effect.run || after.phase !== 'QUEUED';
      case 'stop':
        return !worldOf()
          .cloud.containers.living()
          .some(({ taskArn }) => taskArn === effect.ecsTaskArn);
      case 'free':
        return !hasPlace(worldOf(), before, effect);
      default:
        // A reply that cannot be sent is given up, and counted in the row; a newer event replaces an older one when there are too many.
        return (
          (effect.isReply && after.repliesGivenUp > before.repliesGivenUp) ||
          // A notice that waits for its time has no use where the cause is another one by then, and no reply of its kind is noted.
          effect.isPaced ||
          (effect.isReply && effect.what === 'waiting') ||
          // After the end nobody has to hear why the task waited; of several such events the last ones stay.
          (effect.what === 'waiting' && (hasEnded(after) || countWaiting(after) >= mostWaiting)) ||
          (isReplaceable(effect) && countReplaceable(after) >= mostReplaceable)
        );
    }
  };

  const watchers: Pick<Watchers, 'written' | 'published' | 'put' | 'stopTaken'> = {
    written: (beforeItem, afterItem) => {
      const after = rowIn(afterItem);
      const before = beforeItem && rowIn(beforeItem);
      if (after === undefined) return;
      judgeOutbox(after);
      if (before === undefined) return;
      const kept = new Set(after.outbox.map(({ id }) => id));
      for (const effect of before.outbox) {
        if (kept.has(effect.id) || isDone(effect, before, after)) continue;
        throw new Violation(
          'outbox',
          `${effect.id} left the outbox of ${describe(after)}, and was not carried out`,
        );
      }
    },
    published: ({ routingKey, properties }, answer) => {
      const { messageId = '', headers = {} } = properties;
      const run: unknown = headers['davit-run'];
      const dead: unknown = headers['davit-dead'];
      if (answer !== 'routed' && (run !== undefined || dead !== undefined)) return;
      if (run !== undefined) done.add(`${messageId}/${run}/doorbell`);
      else if (dead !== undefined) done.add(`${messageId}/${dead}/dead`);
      else if (routingKey !== 'davit.tasks') done.add(messageId);
    },
    put: (detail) => {
      const event: unknown = JSON.parse(detail);
      if (typeof event === 'object' && event !== null && 'id' in event) done.add(String(event.id));
    },
    stopTaken: (ecsTaskArn) => {
      // The effect's id has the ECS task at its end.
      const world = worldOf();
      for (const item of world.cloud.items())
        for (const effect of rowIn(item)?.outbox ?? [])
          if (effect.ecsTaskArn === ecsTaskArn) done.add(effect.id);
    },
  };

  const atEnd = (): void => {
    for (const item of worldOf().cloud.items()) {
      const row = rowIn(item);
      const missing =
        row === undefined || !hasEnded(row) ? [] : outcomeOf(row).filter((id) => !done.has(id));
      if (row !== undefined && missing.length > 0)
        throw new Violation(
          'outcome',
          `${describe(row)} has ended, and ${missing.join(', ')} was never sent`,
        );
    }
  };

  return { watchers, atEnd };
};

/** A notice of a wait is stored as a `free`, which an earlier release leaves alone. */
const kindOf = ({ kind, what }: RowEffect): string => (what === undefined ? kind : 'notify');

/** Whether the limit that the effect names still counts its run. */
const hasPlace = ({ cloud }: LiveWorld, { taskId }: Row, { run, limit }: RowEffect): boolean => {
  const item = cloud.itemOf(`#${limit}`);
  const name = `${taskId}/${run}`;
  const key = createHash('sha256').update(name).digest('hex').slice(0, 12);
  const texts = [item?.placedRuns, item?.namedRuns].flatMap((list) =>
    (list?.L ?? []).map(({ S = '' }) => S),
  );
  return texts.some((text) => text.startsWith(key) || text.split(' ')[2] === name);
};

/** The ids of what must have been sent about the end of a row. */
const outcomeOf = ({
  taskId,
  run,
  phase,
  replyTo,
  repliesGivenUp,
  ...row
}: Row): readonly string[] => {
  // A cancel without a message has no publisher.
  if (row.isTombstone && row.digest === '') return [];
  const what = phase.toLowerCase();
  const hasReply = replyTo !== undefined && repliesGivenUp === 0;
  const isDead = phase === 'FAILED' || phase === 'REJECTED';
  return [
    `event.${what}`,
    `bus.${what}`,
    ...(hasReply ? [`reply.${what}`] : []),
    ...(isDead ? ['dead'] : []),
  ].map((kind) => `${taskId}/${run}/${kind}`);
};
