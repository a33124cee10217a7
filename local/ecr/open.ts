import type { AwsService } from '../service.ts';
import { ecrApi } from './api.ts';
import { type LocalRegistry, openImages } from './images.ts';
import type { EcrPlan } from './plan.ts';

/** ECR, and its images for what runs and pins them. */
export interface Ecr extends AwsService {
  readonly images: LocalRegistry;
}

/** Opens the registry of the images in a folder. It keeps nothing open. */
export const openEcr = (parts: { readonly plan: EcrPlan; readonly imagesDir: string }): Ecr => {
  const images = openImages(parts.imagesDir, parts.plan.registry);
  return { api: ecrApi(images), images };
};
