import { newEcs } from '../../models/ecs/ecs.ts';
import type { EcsState } from '../../models/ecs/state.ts';
import { cluster } from '../kit/site.ts';
import type { Plan } from './plan.ts';
import { usualProvisioningMs } from './traits.ts';

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
      provisioning: traits.provisioningMs,
      pending: [500, 10_000],
      activating: [50, 500],
      stopAsked: [50, 500],
      deactivating: [0, 100],
      stopping: [50, 500],
      deprovisioning: [500, 10_000],
    },
  });

/** The cluster of a world that has calmed down: what is launched from now on starts soon. */
export const calmCluster = (ecs: EcsState): EcsState => ({
  ...ecs,
  options: {
    ...ecs.options,
    delaysMs: { ...ecs.options.delaysMs, provisioning: usualProvisioningMs },
  },
});
