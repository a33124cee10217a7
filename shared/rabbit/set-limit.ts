import { isDeepStrictEqual } from 'node:util';
import { membersOf } from '../wire/object.ts';
import type { Management } from './management.ts';
import type { LimitStep, Policy } from './queue-limits.ts';
import { accepted, asFound, type Outcome } from './topology-outcome.ts';

/**
 * Sets a policy where it is not as it should be, and says which policy of an operator stands before it without a limit of
 * its own: at most one applies to a queue. One that would drop what already lies in a queue is not set, unless it may.
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
 * Rows expire, so an old letter may be the last that is left of a task; and dropping very many at once costs RabbitMQ the
 * memory of all of them (rabbitmq-server#12608).
 */
const excessOf = async (
  api: Management,
  { queues, vhost, body: { definition } }: LimitStep,
): Promise<string | undefined> => {
  if (definition.overflow !== 'drop-head') return undefined;
  for (const queue of queues) {
    const { body } = await api('GET', `queues/${vhost}/${queue}`);
    // A queue that was just made has no figures yet.
    const { messages = 0, message_bytes: bytes = 0 } = membersOf(body);
    if (
      Number(messages) > definition['max-length'] ||
      Number(bytes) > definition['max-length-bytes']
    ) {
      return (
        `expected at most ${definition['max-length']} messages and ${definition['max-length-bytes']} bytes ` +
        `in ${queue}, but ${messages} messages of ${bytes} bytes lie there, and the limit would drop the oldest; ` +
        'consume or purge them, and declare again'
      );
    }
  }
  return undefined;
};

/** The sentence about the policy that applies to this queue in the place of ours; none where it sets a limit that does as well. */
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
      `(priority ${first.priority}) stands before it at ${queue}, with ${JSON.stringify(first.definition)}; ` +
      `give it limits of that kind, or a priority below ${ours.priority}, and declare again`,
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
    // Erlang's expressions are nearly JavaScript's; of one that is not no more can be said here.
    return false;
  }
};

/** Whether an operator's policy bounds the queue in a way that loses no more: letters must be neither refused nor led back. */
const limits = (theirs: Readonly<Record<string, unknown>>, { definition }: Policy): boolean => {
  const isBounded = 'max-length' in theirs || 'max-length-bytes' in theirs;
  const { overflow = 'drop-head' } = theirs;
  const isSafe =
    definition.overflow === 'reject-publish' ||
    (overflow === 'drop-head' && !('dead-letter-exchange' in theirs));
  return isBounded && isSafe;
};
