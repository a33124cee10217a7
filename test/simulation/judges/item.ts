import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../watchers.ts';

/** What a judge reads of a row, straight from its attributes: a judge must not trust the code that it judges. */
export interface Row {
  readonly taskId: string;
  readonly phase: string;
  readonly run: number;
  readonly attempts: number;
  readonly revision: number;
  readonly digest: string;
  readonly queuedAt: string;
  readonly startBy: string;
  readonly notBefore: string | undefined;
  readonly heldBy: string | undefined;
  /** The cause of its hold, where the row names one. */
  readonly cause: string | undefined;
  /** The last cause that its publisher was told. */
  readonly toldCause: string | undefined;
  /** Whether events of it were dropped because they could not be sent. */
  readonly hasDropped: boolean;
  /** It waits until its gate rings for it. */
  readonly isGated: boolean;
  readonly updatedAt: string;
  readonly reason: string | undefined;
  readonly ecsVersion: number;
  readonly reclaims: number;
  /** Whether a container of its last run ran that is over. */
  readonly lastRunStarted: boolean;
  readonly launchedAt: string | undefined;
  readonly startedAt: string | undefined;
  readonly acceptedAt: string | undefined;
  /** The limits of the task's own spec. */
  readonly most: { readonly attempts: number; readonly reclaims: number };
  readonly createdAt: string;
  readonly dueAt: string | undefined;
  readonly dueIn: string | undefined;
  readonly waitingFor: string | undefined;
  readonly outboxAt: string | undefined;
  readonly outboxIn: string | undefined;
  readonly expiresAt: string | undefined;
  readonly tool: string | undefined;
  readonly version: string | undefined;
  readonly ecsTaskArn: string | undefined;
  readonly replyTo: string | undefined;
  readonly isTombstone: boolean;
  readonly hasStopping: boolean;
  /** Why its run is being stopped. */
  readonly stoppingWhy: string | undefined;
  readonly repliesGivenUp: number;
  readonly outbox: readonly RowEffect[];
}

export interface RowEffect {
  readonly id: string;
  readonly kind: string;
  readonly run: number;
  readonly ecsTaskArn: string | undefined;
  /** Of `free`: the limit whose place becomes free. */
  readonly limit: string | undefined;
  readonly isReply: boolean;
  readonly isCount: boolean;
  readonly what: string | undefined;
  /** Of `waiting`: why the task waits. */
  readonly cause: string | undefined;
  /** It waits for its time. */
  readonly isPaced: boolean;
  /** When the row got it. */
  readonly at: string | undefined;
}

/** Reads an item of a task; undefined for an item of Davit's own, such as `#live/echo`. */
export const rowIn = (item: Item): Row | undefined => {
  const taskId = textIn(item, 'taskId');
  return taskId.startsWith('#') ? undefined : rowOf(taskId, item);
};

const textIn = (item: Item, name: string): string => item[name]?.S ?? '';

const rowOf = (taskId: string, item: Item): Row => {
  return {
    taskId,
    phase: textIn(item, 'phase'),
    run: Number(item.run?.N),
    attempts: Number(item.attempts?.N),
    revision: Number(item.revision?.N),
    digest: textIn(item, 'digest'),
    queuedAt: textIn(item, 'queuedAt'),
    startBy: textIn(item, 'startBy'),
    notBefore: item.notBefore?.S,
    heldBy: item.heldBy?.S,
    cause: item.held?.M?.cause?.S,
    toldCause: item.waitingNotice?.M?.cause?.S,
    hasDropped: item.eventsDropped !== undefined,
    isGated:
      item.held !== undefined && item.held.M?.opensAt === undefined && item.rungAt === undefined,
    updatedAt: textIn(item, 'updatedAt'),
    reason: item.reason?.S,
    ecsVersion: Number(item.ecsVersion?.N ?? -1),
    reclaims: Number(item.reclaims?.N),
    lastRunStarted: item.runs?.L?.at(-1)?.M?.startedAt !== undefined,
    launchedAt: item.launchOrder?.M?.intendedAt?.S,
    startedAt: item.startedAt?.S,
    acceptedAt: item.acceptedAt?.S,
    most: mostIn(item),
    createdAt: textIn(item, 'createdAt'),
    dueAt: item.dueAt?.S,
    dueIn: item.dueIn?.S,
    waitingFor: item.waitingFor?.S,
    outboxAt: item.outboxAt?.S,
    outboxIn: item.outboxIn?.S,
    expiresAt: item.expiresAt?.N,
    tool: item.tool?.S,
    version: item.version?.S,
    ecsTaskArn: item.ecsTaskArn?.S,
    replyTo: item.replyTo?.S,
    isTombstone: item.tombstone?.BOOL === true,
    hasStopping: item.stopping !== undefined,
    stoppingWhy: item.stopping?.M?.why?.S,
    repliesGivenUp: Number(item.repliesGivenUp?.M?.count?.N ?? 0),
    outbox: (item.outbox?.L ?? []).map(effectIn),
  };
};

/** A run that was out of memory may be tried once more, with double memory. */
const mostIn = ({ pinned, memoryDoubled }: Item): Row['most'] => {
  const { attempts, reclaims, doubleMemory } = pinned?.M?.spec?.M ?? {};
  const more = memoryDoubled?.BOOL === true || doubleMemory?.BOOL === true;
  return {
    attempts: Number(attempts?.N ?? Number.POSITIVE_INFINITY) + Number(more),
    reclaims: Number(reclaims?.N ?? Number.POSITIVE_INFINITY),
  };
};

const effectIn = ({ M = {} }: AttributeValue): RowEffect => ({
  id: M.id?.S ?? '',
  kind: M.kind?.S ?? '',
  run: Number(M.run?.N),
  ecsTaskArn: M.ecsTaskArn?.S,
  limit: M.limit?.S,
  isReply: M.to?.S === 'reply',
  isCount: M.saw !== undefined,
  what: M.what?.S,
  cause: M.body?.M?.cause?.S,
  isPaced: M.what?.S === 'waiting' && M.notBefore !== undefined,
  at: M.at?.S,
});

const ends = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'REJECTED'];

export const hasEnded = ({ phase }: Row): boolean => ends.includes(phase);

/** `task-1 (RUNNING, run 2)`. */
export const describe = ({ taskId, phase, run }: Row): string => `${taskId} (${phase}, run ${run})`;
