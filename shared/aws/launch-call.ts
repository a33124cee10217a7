import { clipped } from '../core/clipped.ts';
import { type LaunchOrder, overridesOf } from '../core/launch-order.ts';
import { refusalOf } from '../core/refusal.ts';
import type { LaunchAnswer } from '../ports/runs.ts';

/** The input of RunTask for an order. The same order always gives the same bytes: with other bytes, ECS refuses the client token. */
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

/** The parts of a RunTask answer with status 200 that Davit reads. */
interface Output {
  readonly tasks?:
    | readonly Partial<Readonly<Record<'taskArn' | 'lastStatus', unknown>>>[]
    | undefined;
  readonly failures?:
    | readonly Partial<Readonly<Record<'reason' | 'detail', unknown>>>[]
    | undefined;
}

/** The parts of a RunTask error that Davit reads. Without a status, nothing was answered. */
interface Failure {
  readonly code: string;
  readonly message: string;
  readonly status?: number;
  readonly resourceIds?: readonly string[];
}

/** Reads an answer with status 200: a task, or `failures`, which the SDK does not throw (ECS guide, api_failures_messages). */
export const answerOf = ({ tasks = [], failures = [] }: Output): LaunchAnswer => {
  const [task] = tasks;
  if (typeof task?.taskArn === 'string') {
    const kind = task.lastStatus === 'STOPPED' ? 'stopped' : 'accepted';
    return { kind, ecsTaskArn: task.taskArn };
  }
  const [failure] = failures;
  if (!failure) return { kind: 'doubt', why: 'RunTask answered neither a task nor a failure' };
  const why = [failure.reason, failure.detail].filter(Boolean).join(': ');
  const meaning = judge(why, { message: why });
  // ECS repeats a failure for the same client token (ECS guide, idempotency).
  return meaning.kind === 'refused' ? { ...meaning, isOfToken: true } : meaning;
};

/**
 * Reads an error. ECS's words decide about an answer below 500; after any other error, the task may have been launched or not.
 * ECS does not repeat an error for the same client token.
 */
export const answerOfFailure = (failure: Failure): LaunchAnswer => {
  const { code, message, status, resourceIds } = failure;
  // It is stored in a row, and a proxy in front of ECS may answer a whole page.
  const why = clipped(`${code}: ${message}`);
  if (code === 'ConflictException') return { kind: 'conflict', ecsTaskArns: resourceIds ?? [] };
  if (status === undefined || status >= 500) return { kind: 'doubt', why };
  return judge(why, { code, message });
};

// A map of the table comes back with its names in any order. Another order is another call to ECS, which answers ConflictException.
const byName = (environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1)));

const judge = (why: string, words: { code?: string; message: string }): LaunchAnswer => ({
  ...refusalOf(words),
  why,
});
