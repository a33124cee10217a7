import { expect, it } from 'vitest';
import { registryRegionOf } from '../../shared/aws/registry.ts';

it.each([
  ['123456789012.dkr.ecr.us-east-1.amazonaws.com/media/davit', 'us-east-1'],
  ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/davit', 'us-gov-west-1'],
  ['localhost:5000/davit', undefined],
])('an image is looked up in the region of its registry: %s', (registry, region) => {
  expect(registryRegionOf(registry)).toBe(region);
});
