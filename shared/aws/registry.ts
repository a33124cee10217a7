/** The region of an ECR registry, as its host name says it: images may lie in another one than Davit. Undefined means the caller's own. */
export const registryRegionOf = (registry: string): string | undefined =>
  /^\d{12}[.]dkr[.]ecr(?:-fips)?[.]([a-z0-9-]+)[.]/.exec(registry)?.[1];
