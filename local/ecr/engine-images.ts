import { type Engine, engineAt } from '../ecs/runtime/engine/connect.ts';
import type { Registry, TaggedImage } from './registry.ts';

/**
 * The images of a container engine whose names begin with the registry: `<registry>/<repository>:<tag>`. They are read at each call,
 * so that an image that is built while the stack runs is found.
 */
export const engineImages = (address: string, registry: string): Registry => {
  const engine = engineAt(address);
  const registryPath = registry.slice(registry.indexOf('/') + 1);
  const bare = (repository: string): string =>
    repository.startsWith(`${registryPath}/`)
      ? repository.slice(registryPath.length + 1)
      : repository;
  return {
    host: registry.split('/')[0] ?? registry,
    repositories: async () => {
      const all = await imagesOf(engine, registry);
      return [...new Set(all.map(({ repository }) => `${registryPath}/${repository}`))].sort();
    },
    list: async (repository) => {
      const all = await imagesOf(engine, registry);
      const own = all.filter((one) => one.repository === bare(repository));
      return own.length === 0 ? undefined : own;
    },
  };
};

/** An image that was built here may have no digest of a manifest. Then it is known by its own id, by which a run finds it too. */
const imagesOf = async (
  engine: Engine,
  registry: string,
): Promise<readonly (TaggedImage & { readonly repository: string })[]> => {
  const images = await engine.listImages();
  return images.flatMap(({ RepoTags: tags, RepoDigests: digests, Id: id }) =>
    (tags ?? []).flatMap((reference) => {
      const [, name = '', tag = ''] = /^(.+):([^:/]+)$/.exec(reference) ?? [];
      if (!name.startsWith(`${registry}/`)) return [];
      const digest = digests?.find((one) => one.startsWith(`${name}@`))?.slice(name.length + 1);
      return [{ repository: name.slice(registry.length + 1), tag, digest: digest ?? id }];
    }),
  );
};
