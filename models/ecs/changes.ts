import { isoToTheSecond } from '../time.ts';
import { hourMs, withExpiry } from './expiry.ts';
import { entryOf } from './shards.ts';
import { insertedByTime, taskOf, withTask, withToken } from './state.ts';
import type { EcsTask } from './task.ts';
import type { EcsEvent } from './task-view.ts';
import { chance, drawn, type Turn, uuid } from './turn.ts';
import type { Range } from './types.ts';
import { detailOf } from './views.ts';

/** Stores a new task and tells of it: its first version is 1. */
export const born = (turn: Turn, task: EcsTask): EcsTask => {
  turn.state = withTask(turn.state, task);
  putTimer(turn, task);
  emit(turn, task);
  return task;
};

/** Every visible change is one version and one event. */
export const changed = (turn: Turn, task: EcsTask, changes: Partial<EcsTask>): EcsTask => {
  const next = {
    ...task,
    ...changes,
    version: task.version + 1,
    updatedAt: Math.max(turn.now, task.updatedAt),
  };
  turn.state = withTask(turn.state, next);
  if (changes.dueAt !== undefined) putTimer(turn, next);
  emit(turn, next);
  return next;
};

/** A change of what only the model keeps: no version, no event. */
export const noted = (turn: Turn, task: EcsTask, changes: Partial<EcsTask>): EcsTask => {
  const next = { ...task, ...changes };
  turn.state = withTask(turn.state, next);
  if (changes.dueAt !== undefined) putTimer(turn, next);
  return next;
};

export const inMs = (turn: Turn, range: Range): number => turn.now + drawn(turn, range);

/** A stopped task is described for a while; its token protects for an hour more. */
export const buried = (turn: Turn, task: EcsTask): void => {
  turn.state = withExpiry(turn.state, {
    at: turn.now + turn.state.options.stoppedRetentionMs,
    what: 'task',
    key: task.arn,
  });
  if (task.tokenKey === undefined) return;
  const token = entryOf(turn.state.tokens, task.tokenKey);
  if (token === undefined || !token.taskArns.every((arn) => isOver(turn, arn))) return;
  turn.state = withToken(turn.state, task.tokenKey, { ...token, endedAt: turn.now });
  turn.state = withExpiry(turn.state, {
    at: turn.now + hourMs,
    what: 'token',
    key: task.tokenKey,
  });
};

const putTimer = (turn: Turn, { dueAt, arn }: EcsTask): void => {
  if (dueAt === null) return;
  const timers = insertedByTime(turn.state.timers, { at: dueAt, taskArn: arn });
  turn.state = { ...turn.state, timers };
};

/** EventBridge promises neither order nor once (ECS guide, handling events): the options say how bad it gets. */
const emit = (turn: Turn, task: EcsTask): void => {
  const { eventLoss, eventDoubles } = turn.state.options;
  const event = eventOf(turn, task);
  if (chance(turn, eventLoss)) return;
  send(turn, event);
  if (chance(turn, eventDoubles)) send(turn, event);
};

const eventOf = (turn: Turn, task: EcsTask): EcsEvent => {
  const { account, region } = turn.state.options;
  return {
    version: '0',
    id: uuid(turn),
    'detail-type': 'ECS Task State Change',
    source: 'aws.ecs',
    account,
    time: isoToTheSecond(task.updatedAt),
    region,
    resources: [task.arn],
    detail: detailOf(task),
  };
};

const send = (turn: Turn, event: EcsEvent): void => {
  const lateMs = drawn(turn, turn.state.options.eventDelayMs);
  if (lateMs === 0) {
    turn.events.push(event);
    return;
  }
  const delayed = insertedByTime(turn.state.delayed, { at: turn.now + lateMs, event });
  turn.state = { ...turn.state, delayed };
};

const isOver = (turn: Turn, arn: string): boolean => {
  const task = taskOf(turn.state, arn);
  return task === undefined || task.lastStatus === 'STOPPED';
};
