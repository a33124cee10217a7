import { expect, it } from 'vitest';
import { imageOf } from '../../shared/core/image.ts';

const registry = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/davit';
const digest = `sha256:${'a'.repeat(64)}`;

it.each([
  ['a repository by its tag', 'echo', undefined, `${registry}/echo:1.0.0`],
  ['a repository by its digest', 'echo', digest, `${registry}/echo@${digest}`],
  ['another registry by its tag', 'ghcr.io/a/echo', undefined, 'ghcr.io/a/echo:1.0.0'],
  [
    'another registry by the digest in it',
    `ghcr.io/a/echo@${digest}`,
    undefined,
    `ghcr.io/a/echo@${digest}`,
  ],
])('names an image of %s', (_what, image, imageDigest, expected) => {
  const known = imageDigest === undefined ? {} : { imageDigest };
  expect(imageOf(registry, { spec: { image }, version: '1.0.0', ...known })).toBe(expected);
});
