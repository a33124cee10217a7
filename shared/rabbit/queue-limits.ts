import { droppedQueue } from '../wire/rabbit-event.ts';

/**
 * How long some queues may become, as a policy of the broker and not as their arguments: those of a queue that exists can
 * never be changed (decision 10). `vhost` is written as paths have it.
 */
export interface LimitStep {
  readonly kind: 'limit';
  readonly what: string;
  readonly path: string;
  readonly body: Policy;
  readonly name: string;
  readonly vhost: string;
  readonly queues: readonly string[];
  /** Whether it is set also where it drops what lies in a queue. */
  readonly mayDrop: boolean;
}

/** A policy as the management API takes it. */
export type Policy = Readonly<Record<string, unknown>> & {
  readonly pattern: string;
  readonly priority: number;
  readonly definition: Limits;
};

interface Limits {
  readonly 'max-length': number;
  /** Of bodies alone: RabbitMQ counts no headers, each of which may have up to 128 KB. */
  readonly 'max-length-bytes': number;
  readonly overflow: 'drop-head' | 'reject-publish';
}

const MiB = 1024 * 1024;

/** It needs no consumer, and rows are the record: 2,000 of the largest letters, and less than what a small broker has to spare. */
const dead: Limits = {
  'max-length': 10_000,
  'max-length-bytes': 128 * MiB,
  overflow: 'drop-head',
};

/**
 * Seven hours of ECS's launch rate, or 32,000 of the largest bodies that can be tasks: no honest backlog. Above it only the
 * broker's alarms would come, and these block replies, events and letters too.
 */
const incoming: Limits = {
  'max-length': 500_000,
  'max-length-bytes': 2_048 * MiB,
  overflow: 'reject-publish',
};

/**
 * What expires goes there past the limit of `davit.tasks`. A quorum queue that dead-letters at most once does not hear that
 * the next refuses (rabbitmq-server#8495), so that only dropping bounds it.
 */
const dropped: Limits = {
  'max-length': 100_000,
  'max-length-bytes': 1_024 * MiB,
  overflow: 'drop-head',
};

/** Before what Amazon MQ itself sets (0, on clusters 1), and behind what an operator sets on purpose. */
const priority = 100;

/**
 * One policy for each kind of queue; at most one applies to a queue. On the stage `local`, which does not start without its
 * topology, they may drop letters at once.
 */
export const limitsOf = (
  vhost: string,
  rabbitVersion: string,
  stage: string,
): readonly LimitStep[] => {
  const limit = (name: string, queues: readonly string[], definition: Limits): LimitStep => ({
    kind: 'limit',
    what: `limit of ${queues.join(' and ')}`,
    path: `policies/${vhost}/${name}`,
    body: {
      pattern: patternOf(queues),
      definition,
      priority,
      'apply-to': appliesTo(rabbitVersion),
    },
    name,
    vhost,
    queues,
    mayDrop: stage === 'local',
  });
  return [
    limit('davit-dead', ['davit.dead'], dead),
    limit('davit-dropped', [droppedQueue], dropped),
    limit('davit-tasks', ['davit.tasks', 'davit.control'], incoming),
  ];
};

const patternOf = (queues: readonly string[]): string =>
  `^(${queues.map((queue) => queue.replaceAll('.', '[.]')).join('|')})$`;

/** RabbitMQ 3.12 knows quorum queues apart; on Amazon MQ a policy must be for one type alone (its guide, "Policy configurations for quorum queues"). */
const appliesTo = (rabbitVersion: string): string => {
  const [major = 0, minor = 0] = rabbitVersion.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 12) ? 'quorum_queues' : 'queues';
};
