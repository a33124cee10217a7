import type { Range } from '../random.ts';
import { entryOf } from '../shards.ts';
import { isoToTheSecond } from '../time.ts';
import { hourMs, withExpiry } from './expiry.ts';
import { insertedByTime, taskOf, withTask, withToken } from './state.ts';
import type { EcsTask } from './task.ts';
import type { EcsEvent } from './task-view.ts';
import { draw, drawChance, drawUuid, type Turn } from './turn.ts';
import { detailOf } from './views.ts';

/** Stores a new task, at version 1, and emits its first event. */
export const addTask = (turn: Turn, task: EcsTask): EcsTask => {
  turn.state = withTask(turn.state, task);
  putTimer(turn, task);
  emit(turn, task);
  return task;
};

/** Changes what a caller of ECS can see: each change is one new version and one event. */
export const changeTask = (turn: Turn, task: EcsTask, changes: Partial<EcsTask>): EcsTask => {
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

/** Changes what only the model knows: there is no new version and no event. */
export const changeUnseen = (turn: Turn, task: EcsTask, changes: Partial<EcsTask>): EcsTask => {
  const next = { ...task, ...changes };
  turn.state = withTask(turn.state, next);
  if (changes.dueAt !== undefined) putTimer(turn, next);
  return next;
};

export const inMs = (turn: Turn, range: Range): number => turn.now + draw(turn, range);

/** Schedules when ECS forgets a stopped task, and its client token one hour after the last task of the token. */
export const scheduleExpiry = (turn: Turn, task: EcsTask): void => {
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

/** EventBridge guarantees neither the order nor exactly one delivery (ECS guide, handling events): the options set the rates. */
const emit = (turn: Turn, task: EcsTask): void => {
  const { eventLoss, eventDoubles } = turn.state.options;
  const event = eventOf(turn, task);
  if (drawChance(turn, eventLoss)) return;
  send(turn, event);
  if (drawChance(turn, eventDoubles)) send(turn, event);
};

const eventOf = (turn: Turn, task: EcsTask): EcsEvent => {
  const { account, region } = turn.state.options;
  return {
    version: '0',
    id: drawUuid(turn),
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
  const lateMs = draw(turn, turn.state.options.eventDelayMs);
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
