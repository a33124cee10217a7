import type { ToolSpec } from './tool.ts';

type Named = Pick<ToolSpec, 'image'>;

/** Whether an image is in another registry than the deployment's: a whole reference has a `/`, a repository name does not. */
export const isElsewhere = ({ image }: Named): boolean => image.includes('/');

/** The digest in a whole reference; undefined where it has none. */
export const namedDigest = ({ image }: Named): string | undefined => image.split('@')[1];

/** The reference by which a version is pulled: by digest where that is known, else by tag, which may change. */
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
