import { type LaunchOrder, overridesOf } from '../core/launch-order.ts';
import { clipped } from '../core/outbox.ts';
import { refusalOf } from '../core/refusal.ts';
import type { LaunchAnswer } from '../ports.ts';

/** The input of RunTask for an order: the same order is the same bytes, or ECS's token protects nothing. */
export const runTaskInputOf = (order: LaunchOrder) => ({
  cluster: order.cluster,
  taskDefinition: order.taskDefinition,
  count: 1,
  clientToken: order.clientToken,
  startedBy: order.startedBy,
  capacityProviderStrategy: [{ capacityProvider: order.capacityProvider, weight: 1 }],
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: [...order.subnets],
      securityGroups: [...order.securityGroups],
      assignPublicIp: order.assignPublicIp ? ('ENABLED' as const) : ('DISABLED' as const),
    },
  },
  overrides: overridesOf({ ...order, environment: byName(order.environment) }),
});

/** What of a RunTask answer with status 200 counts. */
interface Output {
  readonly tasks?:
    | readonly Partial<Readonly<Record<'taskArn' | 'lastStatus', unknown>>>[]
    | undefined;
  readonly failures?:
    | readonly Partial<Readonly<Record<'reason' | 'detail', unknown>>>[]
    | undefined;
}

/** What of an error of RunTask counts; without a status nothing was answered at all. */
interface Failure {
  readonly code: string;
  readonly message: string;
  readonly status?: number;
  readonly resourceIds?: readonly string[];
}

/** Reads an answer with status 200: a task, or `failures`, which AWS does not throw (ECS guide, api_failures_messages). */
export const answerOf = ({ tasks = [], failures = [] }: Output): LaunchAnswer => {
  const [task] = tasks;
  if (typeof task?.taskArn === 'string') {
    const kind = task.lastStatus === 'STOPPED' ? 'stopped' : 'accepted';
    return { kind, ecsTaskArn: task.taskArn };
  }
  const [failure] = failures;
  if (!failure) return { kind: 'doubt', why: 'RunTask answered neither a task nor a failure' };
  const why = [failure.reason, failure.detail].filter(Boolean).join(': ');
  const meaning = meant(why, { message: why });
  // ECS replays failures too (ECS guide, idempotency).
  return meaning.kind === 'refused' ? { ...meaning, isOfToken: true } : meaning;
};

/** Reads an error: an answer below 500 is judged by ECS's words, all else may have launched and may not. What is thrown is bound to no token. */
export const answerOfFailure = (failure: Failure): LaunchAnswer => {
  const { code, message, status, resourceIds } = failure;
  // A row keeps it, also as a doubt: what stands in front of ECS may answer a whole page.
  const why = clipped(`${code}: ${message}`);
  if (code === 'ConflictException') return { kind: 'conflict', ecsTaskArns: resourceIds ?? [] };
  if (status === undefined || status >= 500) return { kind: 'doubt', why };
  return meant(why, { code, message });
};

// A map of the table comes back in any order of its names; another order is another call to ECS: a ConflictException.
const byName = (environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1)));

const meant = (why: string, words: { code?: string; message: string }): LaunchAnswer => {
  const meaning = refusalOf(words);
  return { ...meaning, why };
};
