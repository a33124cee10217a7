import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../endpoint/input.ts';
import { readJson } from '../machine/files.ts';

/** What stands for a container image here: a program of this machine, and the digest that names its content. */
export interface LocalImage {
  readonly tag: string;
  readonly digest: string;
  /** Program and arguments that every run has, as an image's ENTRYPOINT; empty where the image has none. */
  readonly entryPoint: readonly string[];
  /** What comes behind it unless the order says otherwise, as an image's CMD. */
  readonly command: readonly string[];
}

/** The images under `.davit/images/<repository>/<tag>/image.json`, and what each tag named before in a folder `sha256-…` beside it. */
export interface LocalImages {
  /** All tags of a repository (with or without the registry's path before it); undefined when there is no such repository. */
  readonly list: (repository: string) => readonly LocalImage[] | undefined;
  /** The image of a reference as task definitions have it: `<registry>/<name>:<tag>` or `…@sha256:…`. */
  readonly find: (reference: string) => LocalImage | undefined;
}

/** The images, and what holds them. */
export type LocalRegistry = LocalImages & {
  /** The registry's host, as references have it before the first slash. */
  readonly host: string;
  /** The names of all repositories as ECR has them, with the registry's path. */
  readonly repositories: () => readonly string[];
};

/**
 * Reads the images afresh at each question, so that one that is put there while the stack runs is seen.
 * `registry` is the prefix that task definitions carry; its path is no part of a folder's name.
 */
export const openImages = (dir: string, registry: string): LocalRegistry => {
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

const imageOf = (tag: string, saved: unknown): LocalImage | undefined => {
  if (!isObject(saved) || typeof saved.digest !== 'string') return undefined;
  const [entryPoint, command] = [textsOf(saved.entryPoint), textsOf(saved.command)];
  const isEmpty = entryPoint.length + command.length === 0;
  return isEmpty ? undefined : { tag, digest: saved.digest, entryPoint, command };
};

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((part): part is string => typeof part === 'string') : [];

const foldersIn = (path: string): readonly string[] | undefined => {
  try {
    return readdirSync(path).sort();
  } catch {
    return undefined;
  }
};
