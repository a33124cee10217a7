import type { ImageInspectInfo } from 'dockerode';
import { type Engine, statusOf } from './connect.ts';

/**
 * The image of a reference, `<registry>/<name>:<tag>` or `…@sha256:…`; undefined when the engine does not have it. Nothing is pulled.
 * A digest may also be the engine's own id of an image with that name, because an image that was built here may have no other.
 */
export const findImage = async (
  engine: Engine,
  reference: string,
): Promise<ImageInspectInfo | undefined> => {
  const found = await inspect(engine, reference);
  const [, name, digest] = /^(.+?)(?::[^:/@]+)?@(sha256:[0-9a-f]{64})$/.exec(reference) ?? [];
  if (found !== undefined || name === undefined || digest === undefined) return found;
  const byId = await inspect(engine, digest);
  const names = [...(byId?.RepoTags ?? []), ...(byId?.RepoDigests ?? [])];
  return names.some((one) => one.startsWith(`${name}:`) || one.startsWith(`${name}@`))
    ? byId
    : undefined;
};

const inspect = async (
  engine: Engine,
  reference: string,
): Promise<ImageInspectInfo | undefined> => {
  try {
    return await engine.getImage(reference).inspect();
  } catch (cause) {
    if (statusOf(cause) === 404) return undefined;
    throw cause;
  }
};
