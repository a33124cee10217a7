import type { AwsService } from '../service.ts';
import { ecrApi } from './api.ts';
import { engineImages } from './engine-images.ts';
import { openImages } from './images.ts';
import type { EcrPlan } from './plan.ts';
import type { Registry } from './registry.ts';

/** ECR, and its images for what pins them. */
export interface Ecr extends AwsService {
  readonly images: Registry;
}

/** Opens the registry of the images of an engine, or without one of those in a folder. It keeps nothing open. */
export const openEcr = (parts: {
  readonly plan: EcrPlan;
  readonly imagesDir: string;
  /** The address of the container engine; absent when containers are processes. */
  readonly engine?: string | undefined;
}): Ecr => {
  const { plan, imagesDir, engine } = parts;
  const images =
    engine === undefined
      ? openImages(imagesDir, plan.registry)
      : engineImages(engine, plan.registry);
  return { api: ecrApi(images), images };
};
