import type { Stored } from '../../../models/broker/state.ts';
import type { Ask, ControlRequest } from '../../../shared/core/control.ts';
import { asksOf } from '../../../shared/wire/control-request.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Watchers } from '../watchers.ts';
import { describe, hasEnded, type Row, rowIn } from './item.ts';
import { wasRestored } from './messages.ts';
import { Violation } from './violation.ts';

/**
 * Judges what is asked of `control`: an acknowledged request has left its trace in the row, and a redrive is new in everything but
 * its id, and was asked for. In a world with a deployment the previous release may take a request, which it refuses.
 */
export const judgeRequests = (
  worldOf: () => LiveWorld,
): Pick<Watchers, 'acknowledged' | 'redriveAsked' | 'written'> => {
  /** The runs that were asked for, by task. `undefined` stands for a request that names none. */
  const asked = new Map<string, Set<number | undefined>>();

  const judgeRedrive = (before: Row, after: Row): void => {
    if (after.attempts !== 0 || after.reclaims !== 0)
      throw new Violation(
        'redrive',
        `${describe(after)} was redriven with ${after.attempts} attempts and ${after.reclaims} reclaims spent`,
      );
    if (after.startBy <= after.queuedAt)
      throw new Violation('redrive', `${describe(after)} was redriven too late to start`);
    const runs = asked.get(after.taskId);
    if (!runs?.has(before.run) && !runs?.has(undefined))
      throw new Violation('redrive', `${describe(before)} was redriven, and nobody asked for it`);
  };

  return {
    redriveAsked: (taskId, run) => {
      asked.set(taskId, (asked.get(taskId) ?? new Set<number | undefined>()).add(run));
    },
    written: (beforeItem, afterItem) => {
      const after = rowIn(afterItem);
      const before = beforeItem && rowIn(beforeItem);
      if (after === undefined || before === undefined) return;
      const wasDead = before.phase === 'FAILED' || before.phase === 'REJECTED';
      if (wasDead && after.phase === 'QUEUED') judgeRedrive(before, after);
    },
    acknowledged: (messages, queue) => {
      const world = worldOf();
      const isMixed = world.plan.happenings.some(({ kind }) => kind === 'deploy');
      if (queue !== 'davit.control' || isMixed || wasRestored(world)) return;
      for (const message of messages) judgeTrace(world, askIn(message));
    },
  };
};

const askIn = ({ properties, body }: Stored): Ask | undefined => {
  const messages = [{ basicProperties: properties, data: body }];
  const asks = asksOf({ rmqMessagesByQueue: { 'davit.control::/': messages } }, 'reply.');
  return 'queued' in asks ? asks.queued[0] : undefined;
};

const judgeTrace = (world: LiveWorld, ask: Ask | undefined): void => {
  if (ask === undefined) return;
  if (ask.kind === 'unusable') {
    if (world.cloud.itemOf(ask.rejection.taskId) === undefined)
      throw new Violation(
        'asked',
        `a message of davit.control was acknowledged, and no row has it: ${ask.rejection.reason}`,
      );
    return;
  }
  const fault = faultIn(world, ask.request);
  if (fault !== undefined)
    throw new Violation('asked', `${JSON.stringify(ask.request)} was acknowledged, and ${fault}`);
};

const faultIn = (world: LiveWorld, request: ControlRequest): string | undefined => {
  if (request.ask === 'cancel')
    return request.taskIds.flatMap((taskId) => cancelFault(world, taskId) ?? [])[0];
  if (request.ask === 'redrive')
    return request.tasks.flatMap(({ taskId, run }) => redriveFault(world, taskId, run) ?? [])[0];
  return undefined;
};

const rowAt = ({ cloud }: LiveWorld, taskId: string): Row | undefined => {
  const item = cloud.itemOf(taskId);
  return item && rowIn(item);
};

const cancelFault = (world: LiveWorld, taskId: string): string | undefined => {
  const row = rowAt(world, taskId);
  if (row === undefined) return 'there is no row of it';
  // A task that had ended may have been redriven since.
  const isExcused = row.run > 1 && wasRedriven(world, taskId);
  if (hasEnded(row) || row.hasStopping || isExcused || world.cloud.isSpoilt(taskId))
    return undefined;
  return `${describe(row)} goes on`;
};

const wasRedriven = ({ plan, timeline }: LiveWorld, taskId: string): boolean =>
  plan.happenings.some(
    (one) =>
      one.kind === 'play' &&
      one.fact.kind === 'redriveAsked' &&
      one.taskId === taskId &&
      one.at <= timeline.now(),
  );

/** The timeout of `control` (serverless.yml). */
const controlMs = 60_000;

/** A message without a tool may still be no task, and a row without a version cannot keep it. */
const redriveFault = (
  world: LiveWorld,
  taskId: string,
  run: number | undefined,
): string | undefined => {
  const row = rowAt(world, taskId);
  if (row === undefined || row.phase !== 'FAILED' || row.run !== run) return undefined;
  // The row may have ended only after `control` had looked at it, which has a minute.
  const endedAt = Date.parse(world.cloud.itemOf(taskId)?.endedAt?.S ?? '');
  const isFresh = endedAt > world.timeline.now() - controlMs - 2 * world.plan.traits.skewMs;
  const isExcused = row.version === undefined || row.outbox.length >= 20 || isFresh;
  if (isExcused || world.cloud.isSpoilt(taskId)) return undefined;
  return `${describe(row)} is not redriven`;
};
