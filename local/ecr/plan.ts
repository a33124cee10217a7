import type { ServicePlan } from '../service.ts';
import { parameterIn } from '../template/types.ts';

/** The registry of the template. */
export interface EcrPlan {
  /** What the image references of task definitions begin with: `<host>/<path>`. */
  readonly registry: string;
}

/** What ECR takes from the template. Repositories are the folders of images on this disk. */
export const ecrPlan: ServicePlan<EcrPlan> = {
  types: {},
  read: (template) => ({ registry: parameterIn(template, 'Registry') }),
};
