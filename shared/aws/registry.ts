/** The region in the host name of an ECR registry: images may be in another region than Davit. Undefined means the caller's region. */
export const registryRegionOf = (registry: string): string | undefined =>
  /^\d{12}[.]dkr[.]ecr(?:-fips)?[.]([a-z0-9-]+)[.]/.exec(registry)?.[1];
