import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from './ports.ts';

/** Every name under which something is logged: what an operator may search for. */
export const logged = [
  'control.refused',
  'definition.foreign',
  'effect.failed',
  'event.ignored',
  'event.withoutRow',
  'fault',
  'live.unreadable',
  'message.dropped',
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
  'version.unreadable',
] as const;

const logger = new Logger({ serviceName: 'davit' });

/** Logs as JSON on standard output (Powertools). The environment and the events are never among the facts. */
export const log: Log = (level, what, facts = {}) => {
  logger[level](what, facts);
};

/** Names the invocation in all that is logged until the next one. */
export const nameInvocation = (requestId: string | undefined): void => {
  logger.appendKeys({ requestId });
};
