import type { ToolSpec } from './tool.ts';

type Named = Pick<ToolSpec, 'image'>;

/** Whether an image is in another registry than the deployment's: a whole reference has a path, a repository of ours has none. */
export const isElsewhere = ({ image }: Named): boolean => image.includes('/');

/** The digest that a whole reference names, if it does. */
export const namedDigest = ({ image }: Named): string | undefined => image.split('@')[1];

/** What a version is to the one who pulls it: its bytes where the digest is known, else whatever its tag is at that time. */
export const imageOf = (
  registry: string,
  {
    spec,
    version,
    imageDigest,
  }: { readonly spec: Named; readonly version: string; readonly imageDigest?: string },
): string => {
  if (namedDigest(spec) !== undefined) return spec.image;
  if (isElsewhere(spec)) return `${spec.image}:${version}`;
  return `${registry}/${spec.image}${imageDigest === undefined ? `:${version}` : `@${imageDigest}`}`;
};
