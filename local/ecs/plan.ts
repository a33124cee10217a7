import type { ServicePlan } from '../service.ts';
import { parameterIn } from '../template/types.ts';

/** The cluster of the template. */
export interface EcsPlan {
  readonly cluster: string;
}

/** What ECS takes from the template. Task definitions are registered by the functions. */
export const ecsPlan: ServicePlan<EcsPlan> = {
  types: {},
  read: (template) => ({ cluster: parameterIn(template, 'ClusterName') }),
};
