import type { Audience, Effect, EffectOf, EventBody, What } from './effect.ts';
import { nextOutbox } from './outbox.ts';
import { present } from './present.ts';
import type { CurrentTask, Ended, Task } from './task.ts';
import { hostKindOf } from './tool.ts';

/** What the step function returns: the row to write with the effects that this move added, or why nothing changes. */
export type Step =
  | { readonly kind: 'moved'; readonly task: Task; readonly effects: readonly Effect[] }
  | { readonly kind: 'ignored'; readonly why: string };

/** The fields that every move sets by itself. */
type Stamped =
  | 'revision'
  | 'updatedAt'
  | 'outbox'
  | 'outboxSince'
  | 'outboxTrouble'
  | 'eventsDropped'
  | 'setbacks'
  | 'deferredUntil';

/** A row before it is stamped with its revision, time and outbox. */
export type Unstamped<T extends Task = Task> = T extends Task ? Omit<T, Stamped> : never;

/** Nothing changes, for this reason. */
export const ignored = (why: string): Step => ({ kind: 'ignored', why });

/** The row at its next revision, with these effects added to its outbox. */
export const moved = (
  from: Pick<Task, Stamped> | undefined,
  next: Unstamped,
  { now, effects = [] }: { readonly now: number; readonly effects?: readonly Effect[] },
): Step => {
  const { outbox, added, eventsDropped } = nextOutbox(from, next, effects);
  const keptSince = outbox.length > added.length ? (from?.outboxSince ?? now) : now;
  // An older effect may have been deferred; a new one is not.
  const since = added.length > 0 ? Math.min(keptSince, now) : keptSince;
  const trouble = from?.outboxTrouble;
  const stamps = {
    revision: (from?.revision ?? 0) + 1,
    updatedAt: now,
    outbox,
    outboxSince: outbox.length > 0 ? since : undefined,
    outboxTrouble: outbox.some(({ id }) => id === trouble?.id) ? trouble : undefined,
    eventsDropped,
    setbacks: 0,
    deferredUntil: undefined,
  };
  return { kind: 'moved', task: { ...next, ...stamps }, effects: added };
};

type Named = Pick<Task, 'taskId' | 'run'>;

/** The doorbell of this run: dispatch reads the row and launches it. */
export const doorbell = (task: Named): EffectOf<'doorbell'> => ({
  kind: 'doorbell',
  id: idOf(task, 'doorbell'),
  run: task.run,
});

/** The order to stop an ECS task, which was started as run `run`. */
export const stop = (named: Named, ecsTaskArn: string, why: string): EffectOf<'stop'> => ({
  kind: 'stop',
  id: idOf(named, `stop.${ecsTaskArn.split('/').at(-1)}`),
  run: named.run,
  ecsTaskArn,
  why,
});

/** Frees the place of this run in a limit, for the next task that waits. */
export const free = (named: Named, limit: string): EffectOf<'free'> => ({
  kind: 'free',
  id: idOf(named, 'free'),
  run: named.run,
  limit,
});

/** What a run showed of its version, for the version's record. No effect where the release has no definition for the placement. */
export const count = (
  { taskId, run, tool, release, placement }: CurrentTask,
  { saw, at, why }: Pick<EffectOf<'count'>, 'saw' | 'at' | 'why'>,
): readonly EffectOf<'count'>[] => {
  const definition = release.definitions[hostKindOf(placement)];
  if (definition === undefined) return [];
  const id = idOf({ taskId, run }, `count.${saw}`);
  const about = { tool, version: release.version, definition };
  return [{ kind: 'count', id, run, ...about, saw, at, ...present({ why }) }];
};

/** An event for each of its audiences: `davit.events`, the publisher where it gave a `reply_to`, and the bus for an end. */
export const notify = (
  task: Unstamped,
  what: What,
  { now, revision, body, more, resultUntil }: NotifyOptions,
): readonly EffectOf<'notify'>[] => {
  const ended = what !== 'waiting' && what !== 'running' && what !== 'requeued';
  const audiences: Audience[] = ['event'];
  if (task.replyTo !== undefined) audiences.push('reply');
  if (ended) audiences.push('bus');
  const waiting: Audience = task.replyTo === undefined ? 'bus' : 'reply';
  return audiences.map((to) => ({
    kind: 'notify',
    id: idOf(task, `${to}.${what}`),
    run: task.run,
    to,
    what,
    at: now,
    sequence: revision + 1,
    body: { ...(body ?? bodyOf(task)), ...more },
    ...present({ notBefore: to === waiting ? resultUntil : undefined }),
  }));
};

/** The end of a task: an event for each audience, a dead letter where it failed, and its place freed. */
export const ended = (
  from: Task | undefined,
  next: Unstamped<Ended>,
  { now, place, resultUntil, more = [] }: EndOptions,
): Step => {
  const isDead = next.phase === 'FAILED' || next.phase === 'REJECTED';
  const effects: Effect[] = [
    ...(place === undefined ? [] : [free(next, place)]),
    ...(isDead ? [dead(next, next.reason ?? next.outcome)] : []),
    ...notify(next, whatOf[next.phase], {
      now,
      revision: from?.revision ?? 0,
      resultUntil,
    }),
    ...more,
  ];
  return moved(from, next, { now, effects });
};

interface NotifyOptions {
  readonly now: number;
  /** The revision that the row had before this move. */
  readonly revision: number;
  readonly body?: EventBody;
  /** What the event says besides. */
  readonly more?: Partial<EventBody>;
  readonly resultUntil?: number | undefined;
}

interface EndOptions {
  readonly now: number;
  /** The place in a limit that the task held. */
  readonly place?: string | undefined;
  /** So long the reply waits for the tool's result; where the publisher wants no reply, the event on the bus does. */
  readonly resultUntil?: number | undefined;
  /** Effects besides those of every end. */
  readonly more?: readonly Effect[];
}

const whatOf = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  REJECTED: 'rejected',
} as const;

const idOf = ({ taskId, run }: Named, kind: string): string => `${taskId}/${run}/${kind}`;

/** What an event says about this row. */
const bodyOf = (task: Unstamped): EventBody => {
  const release = 'release' in task ? task.release : undefined;
  return {
    run: task.run,
    attempts: task.attempts,
    tenant: task.tenant,
    ...present({
      tool: task.tool,
      version: release?.version,
      placement: 'placement' in task ? task.placement : undefined,
      exitCode: 'exitCode' in task ? task.exitCode : undefined,
      outcome: 'outcome' in task ? task.outcome : undefined,
      reason: 'reason' in task ? task.reason : undefined,
      endpoint: 'endpoint' in task ? task.endpoint : undefined,
    }),
  };
};

/** A copy of the message to `davit.dead`. */
const dead = (named: Named, reason: string): EffectOf<'dead'> => ({
  kind: 'dead',
  id: idOf(named, 'dead'),
  run: named.run,
  reason,
});
