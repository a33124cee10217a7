import { isDeepStrictEqual } from 'node:util';
import { membersOf } from '../core/object.ts';
import type { Management } from './management.ts';
import type { LimitStep, Policy } from './queue-limits.ts';
import { accepted, asFound, type Outcome } from './topology-outcome.ts';

/**
 * Sets a policy when it is missing or different. RabbitMQ applies at most one policy to a queue, so it also names a policy of an
 * operator that has precedence and sets no limit. A policy that would drop messages that are in a queue now is not set, unless
 * `mayDrop` allows it.
 */
export const setLimit = async (api: Management, step: LimitStep): Promise<Outcome> => {
  const { path, body, name, vhost } = step;
  const listed = await api('GET', `policies/${vhost}`);
  if (listed.status !== 200 || !Array.isArray(listed.body)) return accepted(listed, 'present');
  const others = listed.body.filter((one) => membersOf(one).name !== name);
  const ours = listed.body.find((one) => membersOf(one).name === name);
  const isThere = isDeepStrictEqual(asFound(body, ours), body);
  const excess = isThere || step.mayDrop ? undefined : await excessOf(api, step);
  if (excess !== undefined) return { fault: excess };
  const outcome = isThere
    ? { how: 'present' as const }
    : accepted(await api('PUT', path, body), 'set');
  const overruled = step.queues.flatMap((queue) => overruledBy(others, queue, body));
  return 'how' in outcome && overruled[0] !== undefined ? { fault: overruled[0] } : outcome;
};

/**
 * Why it may not drop: rows expire, so an old letter may be all that is left of a task, and RabbitMQ needs memory for all messages
 * that it drops at once (rabbitmq-server#12608).
 */
const excessOf = async (
  api: Management,
  { queues, vhost, body: { definition } }: LimitStep,
): Promise<string | undefined> => {
  if (definition.overflow !== 'drop-head') return undefined;
  for (const queue of queues) {
    const { body } = await api('GET', `queues/${vhost}/${queue}`);
    // A new queue has no figures yet.
    const { messages = 0, message_bytes: bytes = 0 } = membersOf(body);
    if (
      Number(messages) > definition['max-length'] ||
      Number(bytes) > definition['max-length-bytes']
    ) {
      return (
        `expected at most ${definition['max-length']} messages and ${definition['max-length-bytes']} bytes ` +
        `in ${queue}, but it has ${messages} messages of ${bytes} bytes, and the limit would drop the oldest; ` +
        'consume or purge them, and declare again'
      );
    }
  }
  return undefined;
};

/** A sentence about the policy that applies to this queue instead of ours; none when that policy sets a limit that is as good. */
const overruledBy = (
  policies: readonly unknown[],
  queue: string,
  ours: Policy,
): readonly string[] => {
  const [first] = policies
    .map(membersOf)
    .filter((policy) => appliesTo(policy, queue) && Number(policy.priority) >= ours.priority)
    .sort((one, other) => Number(other.priority) - Number(one.priority));
  if (first === undefined || limits(membersOf(first.definition), ours)) return [];
  return [
    `expected the limits ${JSON.stringify(ours.definition)}, but the policy "${first.name}" ` +
      `(priority ${first.priority}) has precedence for ${queue}, with ${JSON.stringify(first.definition)}; ` +
      `give it limits of this kind, or a priority below ${ours.priority}, and declare again`,
  ];
};

const appliesTo = (
  { pattern, ...rest }: Readonly<Record<string, unknown>>,
  queue: string,
): boolean => {
  if (!['queues', 'quorum_queues', 'all'].includes(String(rest['apply-to']))) return false;
  try {
    return new RegExp(String(pattern)).test(queue);
  } catch {
    // Erlang's patterns are nearly JavaScript's. One that JavaScript cannot read is not judged.
    return false;
  }
};

/** Whether an operator's policy limits the queue, and loses no more messages than ours: dead letters must be neither refused nor dead-lettered again. */
const limits = (theirs: Readonly<Record<string, unknown>>, { definition }: Policy): boolean => {
  const isBounded = 'max-length' in theirs || 'max-length-bytes' in theirs;
  const { overflow = 'drop-head' } = theirs;
  const isSafe =
    definition.overflow === 'reject-publish' ||
    (overflow === 'drop-head' && !('dead-letter-exchange' in theirs));
  return isBounded && isSafe;
};
