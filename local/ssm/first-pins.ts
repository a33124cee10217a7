import { isObject } from '../../shared/core/object.ts';
import type { Registry } from '../ecr/registry.ts';
import type { JsonObject } from '../endpoint/input.ts';
import type { ParameterStore } from './open.ts';
import type { ParameterSpec } from './plan.ts';

/** The version that a new folder pins, so that every tool can run. */
const firstVersion = '1.0.0';

/** Puts the template's parameters. A pin that exists is not changed, because it belongs to the operator. */
export const provideParameters = (
  store: ParameterStore,
  parameters: readonly ParameterSpec[],
): void => {
  for (const { name, value } of parameters) {
    if (name.endsWith('/version') && store.get(name) !== undefined) continue;
    store.provide(name, value);
  }
};

/** Pins the first version of each tool that has an image of it here and has no pin. Returns the tools. */
export const pinFirstVersions = async (
  store: ParameterStore,
  parameters: readonly ParameterSpec[],
  images: Pick<Registry, 'list'>,
): Promise<readonly string[]> => {
  const pinned: string[] = [];
  for (const { tool, prefix, image: repository } of toolsIn(parameters)) {
    if (store.get(`${prefix}/version`) !== undefined) continue;
    const image = (await images.list(repository))?.find((one) => one.tag === firstVersion);
    if (image === undefined) continue;
    store.provide(`${prefix}/version`, firstVersion);
    pinned.push(tool);
  }
  return pinned;
};

/** The live versions whose tag now has another image, as `tool version`: the tool was edited, and set-up has made a new image. */
export const movedTags = async (
  store: ParameterStore,
  parameters: readonly ParameterSpec[],
  images: Pick<Registry, 'list'>,
): Promise<readonly string[]> => {
  const moved: string[] = [];
  for (const { tool, prefix, image: repository } of toolsIn(parameters)) {
    const { release } = objectIn(store.get(`${prefix}/live`));
    if (!isObject(release) || typeof release.imageDigest !== 'string') continue;
    const image = (await images.list(repository))?.find((one) => one.tag === release.version);
    if (image === undefined || image.digest === release.imageDigest) continue;
    moved.push(`${tool} ${image.tag}`);
  }
  return moved;
};

interface Specified {
  readonly tool: string;
  /** The beginning of the names of its parameters. */
  readonly prefix: string;
  readonly image: string;
}

/** The tools among the template's parameters: each has a `spec`. */
const toolsIn = (parameters: readonly ParameterSpec[]): readonly Specified[] =>
  parameters.flatMap(({ name, value }) => {
    const [, prefix, tool] = /^(.*\/tools\/([^/]+))\/spec$/.exec(name) ?? [];
    return prefix === undefined || tool === undefined
      ? []
      : [{ tool, prefix, image: imageIn(value, tool) }];
  });

const imageIn = (spec: string, tool: string): string => {
  const { image } = objectIn(spec);
  return typeof image === 'string' ? image : tool;
};

const objectIn = (text: string | undefined): JsonObject => {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
};
