import { droppedQueue } from '../wire/rabbit-event.ts';

/**
 * How long some queues may become. It is a policy of the broker and not a queue argument, because the arguments of an existing
 * queue cannot be changed (decision 10). `vhost` is percent-encoded.
 */
export interface LimitStep {
  readonly kind: 'limit';
  readonly what: string;
  readonly path: string;
  readonly body: Policy;
  readonly name: string;
  readonly vhost: string;
  readonly queues: readonly string[];
  /** Whether to set it also when it drops messages that are in a queue now. */
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
  /** Counts bodies only: RabbitMQ does not count headers, which may have up to 128 KB in a message. */
  readonly 'max-length-bytes': number;
  readonly overflow: 'drop-head' | 'reject-publish';
}

const MiB = 1024 * 1024;

/** `davit.dead` needs no consumer, since the rows keep everything. The bytes are 2,000 of the largest letters, and less than a small broker has to spare. */
const dead: Limits = {
  'max-length': 10_000,
  'max-length-bytes': 128 * MiB,
  overflow: 'drop-head',
};

/**
 * Seven hours of ECS's launch rate, or 32,000 of the largest bodies: more than any real backlog. Without this limit, the broker's
 * memory or disk alarm would come next, and an alarm blocks replies, events and dead letters too.
 */
const incoming: Limits = {
  'max-length': 500_000,
  'max-length-bytes': 2_048 * MiB,
  overflow: 'reject-publish',
};

/**
 * Expired messages go to this queue, whatever the limit of `davit.tasks`. A quorum queue that dead-letters at most once does not
 * learn that the next queue refuses (rabbitmq-server#8495), so the overflow must be `drop-head`.
 */
const dropped: Limits = {
  'max-length': 100_000,
  'max-length-bytes': 1_024 * MiB,
  overflow: 'drop-head',
};

/** Higher than Amazon MQ's own policies (0, on clusters 1), and lower than what an operator sets on purpose. */
const priority = 100;

/**
 * One policy for each kind of queue; RabbitMQ applies at most one to a queue. On the stage `local` they may drop messages, because
 * that stage does not start without its topology.
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
    limit('davit-tasks', ['davit.tasks', 'davit.control', 'davit.doorbells'], incoming),
  ];
};

const patternOf = (queues: readonly string[]): string =>
  `^(${queues.map((queue) => queue.replaceAll('.', '[.]')).join('|')})$`;

/** From RabbitMQ 3.12 on, a policy can be for quorum queues alone. On Amazon MQ it must be for one queue type (its guide, "Policy configurations for quorum queues"). */
const appliesTo = (rabbitVersion: string): string => {
  const [major = 0, minor = 0] = rabbitVersion.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 12) ? 'quorum_queues' : 'queues';
};
