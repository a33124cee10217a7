import { newEcs } from '../../models/ecs/ecs.ts';
import type { EcsState } from '../../models/ecs/state.ts';
import { cluster } from '../kit/site.ts';
import type { Plan } from './plan.ts';

/** An empty cluster, as the plan's traits want it. */
export const newCluster = ({ traits }: Plan): EcsState =>
  newEcs({
    clusters: [cluster],
    eventDelayMs: traits.eventDelayMs,
    eventLoss: traits.eventLoss,
    eventDoubles: traits.eventDoubles,
    readLagMs: traits.readLagMs,
    ...(traits.hasSidecar ? { sidecar: 'aws-guardduty-agent-abc12' } : {}),
    delaysMs: {
      provisioning: [500, 5_000],
      pending: [500, 10_000],
      activating: [50, 500],
      stopAsked: [50, 500],
      deactivating: [0, 100],
      stopping: [50, 500],
      deprovisioning: [500, 10_000],
    },
  });
