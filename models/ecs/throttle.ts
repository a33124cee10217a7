import type { EcsAction } from './call.ts';
import { fine, type Outcome, refused, throttled } from './errors.ts';
import type { Turn } from './turn.ts';

interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** ECS's request rates per account and region (ECS API, RunTask; ECS guide, request throttling). */
const rates = {
  register: { burst: 20, perSecond: 1 },
  clusterModify: { burst: 100, perSecond: 40 },
  clusterRead: { burst: 100, perSecond: 20 },
  runTaskCalls: { burst: 20, perSecond: 20 },
  'launches FARGATE': { burst: 100, perSecond: 20 },
  'launches FARGATE_SPOT': { burst: 100, perSecond: 20 },
} as const satisfies Readonly<Record<string, Rate>>;

type RateName = keyof typeof rates;

/** At AWS, DescribeTaskDefinition, DescribeClusters and the lists have their own rates; here they share that of the reads. */
const callCosts: Readonly<Record<EcsAction, readonly RateName[]>> = {
  RegisterTaskDefinition: ['register'],
  DeregisterTaskDefinition: ['register'],
  DescribeTaskDefinition: ['clusterRead'],
  RunTask: ['runTaskCalls', 'clusterModify'],
  StopTask: ['clusterModify'],
  DescribeTasks: ['clusterRead'],
  ListTasks: ['clusterRead'],
  DescribeClusters: ['clusterRead'],
  ListClusters: ['clusterRead'],
  ListContainerInstances: ['clusterRead'],
  ListServices: ['clusterRead'],
  ListTaskDefinitionFamilies: ['clusterRead'],
  ListTaskDefinitions: ['clusterRead'],
};

/** Charges the call itself, before any other check: a call that is refused later was charged too. */
export const chargeCall = (turn: Turn, action: EcsAction): Outcome<undefined> =>
  charge(
    turn,
    callCosts[action].map((rate) => ({ rate, amount: 1 })),
  );

/** Charges the tasks that Fargate starts, On-Demand and Spot separately; a repeated token starts none. */
export const chargeLaunches = (turn: Turn, providers: readonly string[]): Outcome<undefined> => {
  const spot = providers.filter((provider) => provider === 'FARGATE_SPOT').length;
  return charge(turn, [
    { rate: 'launches FARGATE', amount: providers.length - spot },
    { rate: 'launches FARGATE_SPOT', amount: spot },
  ]);
};

const charge = (
  turn: Turn,
  costs: readonly { readonly rate: RateName; readonly amount: number }[],
): Outcome<undefined> => {
  if (!turn.state.options.throttled) return fine(undefined);
  const due = costs.filter((cost) => cost.amount > 0);
  const left = due.map(({ rate, amount }) => levelOf(turn, rate) - amount);
  if (left.some((tokens) => tokens < 0)) return refused(throttled());
  const buckets = Object.fromEntries(
    due.map(({ rate }, at) => [rate, { tokens: left[at] ?? 0, at: turn.now }]),
  );
  turn.state = { ...turn.state, buckets: { ...turn.state.buckets, ...buckets } };
  return fine(undefined);
};

const levelOf = (turn: Turn, rate: RateName): number => {
  const { burst, perSecond } = rates[rate];
  const bucket = turn.state.buckets[rate];
  if (bucket === undefined) return burst;
  const elapsedMs = Math.max(0, turn.now - bucket.at);
  return Math.min(burst, bucket.tokens + (elapsedMs / 1000) * perSecond);
};
