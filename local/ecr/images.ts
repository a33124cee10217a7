import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { readJson } from '../machine/files.ts';
import type { Registry, TaggedImage } from './registry.ts';

/** A local container image: a program of this machine, and the digest that names its content. */
export interface LocalImage extends TaggedImage {
  /** The image's ENTRYPOINT: program and arguments that every run has. Empty where the image has none. */
  readonly entryPoint: readonly string[];
  /** The image's CMD: arguments after the entry point, unless the order has its own. */
  readonly command: readonly string[];
}

/** The images in `.davit/images/<repository>/<tag>/image.json`. Earlier images of a tag are in folders `sha256-…` beside that file. */
export interface LocalImages {
  /** All tags of a repository (with or without the registry's path before it); undefined when there is no such repository. */
  readonly list: (repository: string) => readonly LocalImage[] | undefined;
  /** The image of a reference as task definitions have it: `<registry>/<name>:<tag>` or `…@sha256:…`. */
  readonly find: (reference: string) => LocalImage | undefined;
}

/**
 * Reads the images from the disk at each call, so that an image that is added while the stack runs is found.
 * `registry` is the prefix of image references in task definitions. Its path is not part of a folder's name.
 */
export const openImages = (dir: string, registry: string): LocalImages & Registry => {
  const registryPath = registry.slice(registry.indexOf('/') + 1);
  const folderOf = (repository: string): string =>
    repository.startsWith(`${registryPath}/`)
      ? repository.slice(registryPath.length + 1)
      : repository;

  const isSafe = (name: string): boolean =>
    /^[a-zA-Z0-9_][a-zA-Z0-9._/-]*$/.test(name) && !name.includes('..');

  const read = (folder: string, tag: string): LocalImage | undefined =>
    imageOf(tag, readJson(join(dir, folder, tag, 'image.json')));

  const list = (repository: string): readonly LocalImage[] | undefined => {
    const folder = folderOf(repository);
    if (!isSafe(folder)) return undefined;
    return foldersIn(join(dir, folder))?.flatMap((tag) => read(folder, tag) ?? []);
  };

  const byDigest = (repository: string, digest: string): LocalImage | undefined => {
    const present = list(repository)?.find((one) => one.digest === digest);
    const kept = digest.replace(':', '-');
    if (present !== undefined || !isSafe(repository) || !isSafe(kept)) return present;
    return foldersIn(join(dir, repository))?.flatMap(
      (tag) => imageOf(tag, readJson(join(dir, repository, tag, kept, 'image.json'))) ?? [],
    )[0];
  };

  return {
    host: registry.split('/')[0] ?? registry,
    repositories: () =>
      (foldersIn(dir) ?? []).filter(isSafe).map((folder) => `${registryPath}/${folder}`),
    list,
    find: (reference) => {
      const bare = reference.startsWith(`${registry}/`)
        ? reference.slice(registry.length + 1)
        : reference;
      const [, repository = '', digest, tag] =
        /^([^:@]+)(?::[^@]+)?@(sha256:.+)$/.exec(bare) ?? /^([^:@]+)():(.+)$/.exec(bare) ?? [];
      if (digest) return byDigest(repository, digest);
      return isSafe(repository) && tag !== undefined && isSafe(tag)
        ? read(repository, tag)
        : undefined;
    },
  };
};

const texts = v.fallback(v.array(v.string()), []);

const savedImage = v.object({ digest: v.string(), entryPoint: texts, command: texts });

const imageOf = (tag: string, json: unknown): LocalImage | undefined => {
  const saved = v.safeParse(savedImage, json);
  if (!saved.success) return undefined;
  const { digest, entryPoint, command } = saved.output;
  const isEmpty = entryPoint.length + command.length === 0;
  return isEmpty ? undefined : { tag, digest, entryPoint, command };
};

const foldersIn = (path: string): readonly string[] | undefined => {
  try {
    return readdirSync(path).sort();
  } catch {
    return undefined;
  }
};
