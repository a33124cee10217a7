import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from './ports.ts';

/** Every log name: the values of `message` that an operator can search for. */
export const logged = [
  'control.refused',
  'control.unanswered',
  'definition.foreign',
  'effect.failed',
  'event.ignored',
  'event.withoutRow',
  'fault',
  'limit.notConfirmed',
  'limit.notRung',
  'limit.unreadable',
  'line.refused',
  'line.withoutRun',
  'lines.unreadable',
  'live.unreadable',
  'log.unreadable',
  'message.dropped',
  'redrive.refused',
  'release.fellBack',
  'release.live',
  'release.refused',
  'release.untold',
  'reply.givenUp',
  'reply.unroutable',
  'row.refused',
  'row.unreadable',
  'run.doubted',
  'run.refused',
  'run.stopOverdue',
  'peer.silent',
  'settle.failed',
  'spec.unreadable',
  'sweep.setback',
  'sweep.tooManyGhosts',
  'sweep.unknownTask',
  'task.rejected',
  'topology.declared',
  'version.broken',
  'version.unreadable',
] as const;

const logger = new Logger({ serviceName: 'davit' });

/** Writes JSON to standard output (Powertools). The facts never contain the environment or the event of an invocation. */
export const log: Log = (level, what, facts = {}) => {
  logger[level](what, facts);
};

/** Adds the id of the invocation to everything that is logged from now on. */
export const nameInvocation = (requestId: string | undefined): void => {
  logger.appendKeys({ requestId });
};
