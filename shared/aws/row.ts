import { due, ownDue } from '../core/due.ts';
import { waitsForGate } from '../core/gate.ts';
import { waitsSince } from '../core/limit-turn.ts';
import type { Fields } from '../core/object.ts';
import { outboxDue } from '../core/outbox-due.ts';
import { present } from '../core/present.ts';
import { spread } from '../core/spread.ts';
import { isEnded, type Task } from '../core/task.ts';
import { keptMs, strangerKeptMs } from '../core/times.ts';
import { fieldsOf } from '../wire/row.ts';
import { iso } from '../wire/stored-time.ts';

/** Number of partitions of the indexes `due` and `outbox`, for each kind. */
export const dueShards = 8;

/** Attributes that follow from the others; every write computes them again. */
const derivedNames = [
  'dueAt',
  'dueIn',
  'outboxAt',
  'outboxIn',
  'waitingFor',
  'waitingSince',
  'expiresAt',
] as const;

/** What a run has said. An older Davit may leave it in the row of the next run, so every write without it removes it. */
const saidNames = ['toolResult', 'resultAt', 'resultRun', 'resultMissing'] as const;

/** Every attribute of a row. None is a reserved word of DynamoDB, so expressions and people can write them as they are. */
export const attributeNames: readonly string[] = [
  'taskId',
  'phase',
  'tool',
  'version',
  'run',
  'attempts',
  'reclaims',
  'placement',
  'tenant',
  'priority',
  'payload',
  'payloadBytes',
  'digest',
  'replyTo',
  'correlationId',
  'messageProperties',
  'askedVersion',
  'askedCpu',
  'askedMemoryMiB',
  'askedTimeoutMs',
  'askedNotBefore',
  'groupName',
  'pinned',
  'memoryDoubled',
  'place',
  'runs',
  'createdAt',
  'queuedAt',
  'startBy',
  'startByProvisional',
  'acceptedAt',
  'startedAt',
  'endedAt',
  'updatedAt',
  'waitingNotice',
  'heldBy',
  'held',
  'notBefore',
  'rings',
  'rungAt',
  'launchOrder',
  'doubt',
  'ecsTaskArn',
  'ecsVersion',
  'endpoint',
  'stopping',
  'missingSince',
  'outcome',
  'exitCode',
  'reason',
  ...saidNames,
  'logTail',
  'logTailRun',
  'logTailMissing',
  'tombstone',
  'outbox',
  'outboxSince',
  'outboxTrouble',
  'eventsDropped',
  'repliesGivenUp',
  'setbacks',
  'deferredUntil',
  'revision',
  'rowVersion',
  'writeId',
  ...derivedNames,
];

/** The item of a task, with the attributes that its indexes and its TTL need. */
export const itemOf = (task: Task): Record<string, unknown> => ({
  ...fieldsOf(task),
  ...derivedOf(task),
});

/** What a write of `next` over `was` must change: only what the step changed, all derived attributes, and what an older Davit has left. */
export const changesOf = (
  next: Task,
  was: Task,
): { readonly set: Fields; readonly remove: readonly string[] } => {
  // Derived attributes are always written: older code may have derived them in another way.
  const before: Fields = fieldsOf(was);
  const after = itemOf(next);
  const set = Object.entries(after).filter(([name, value]) => !same(value, before[name]));
  const names = new Set([...Object.keys(before), ...derivedNames, ...saidNames]);
  return {
    set: Object.fromEntries(set),
    remove: [...names].filter((name) => !(name in after)),
  };
};

/** The attributes that this version of Davit does not know. It does not change them, and counts them. */
export const unknownNames = (item: Fields): readonly string[] =>
  Object.keys(item).filter((name) => !known.has(name));

const known: ReadonlySet<string> = new Set(attributeNames);

const derivedOf = (task: Task): Fields => ({
  ...dueOf(task),
  ...waitingOf(task),
  ...expiryOf(task),
});

const dueOf = (task: Task): Fields => {
  const next = due(task);
  const [own, outbox] = [ownDue(task), outboxDue(task)];
  const shard = spread(task.taskId, dueShards);
  // Two indexes, so that an outbox that cannot be sent never hides the row's own times, and they never hide the outbox.
  return present({
    dueAt: next && iso(next.at),
    waitingFor: next?.why,
    dueIn: own && `${own.kind}-${shard}`,
    outboxAt: outbox && iso(outbox.at),
    outboxIn: outbox && `${outbox.kind}-${shard}`,
  });
};

// Sorts by tenant, then by age. Each step of priority counts as ten minutes of age. A row that has a time of its own, or whose
// doorbell was rung, does not wait for its gate.
const waitingOf = (task: Task): Fields =>
  task.phase === 'QUEUED' && task.hold && waitsForGate(task)
    ? { waitingSince: `${task.tenant}#${iso(waitsSince(task))}` }
    : {};

const expiryOf = (task: Task): Fields => {
  if (!isEnded(task) || task.outbox.length > 0) return {};
  const isStranger = task.tombstone === true || task.phase === 'REJECTED';
  const stays = isStranger ? strangerKeptMs : keptMs;
  return { expiresAt: Math.floor((task.endedAt + stays) / 1000) };
};

const same = (one: unknown, other: unknown): boolean =>
  one instanceof Uint8Array && other instanceof Uint8Array
    ? one.length === other.length && one.every((byte, at) => byte === other[at])
    : JSON.stringify(one) === JSON.stringify(other);
