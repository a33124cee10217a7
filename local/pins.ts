import { isObject } from './endpoint/input.ts';
import type { LocalImages } from './runtime/images.ts';
import type { ParameterStore } from './services/ssm.ts';

/** What a new folder pins, so that there is something to run. */
const firstVersion = '1.0.0';

const imageIn = (spec: string, tool: string): string => {
  try {
    const parsed: unknown = JSON.parse(spec);
    return isObject(parsed) && typeof parsed.image === 'string' ? parsed.image : tool;
  } catch {
    return tool;
  }
};

/** Puts the template's parameters. A pin belongs to the operator: one that exists is left as it is. */
export const provideParameters = (
  store: ParameterStore,
  parameters: readonly { readonly name: string; readonly value: string }[],
): void => {
  for (const { name, value } of parameters) {
    if (name.endsWith('/version') && store.get(name) !== undefined) continue;
    store.provide(name, value);
  }
};

/** Pins the first version of each tool that has an image of it here and no pin; returns the tools. */
export const pinFirstVersions = (
  store: ParameterStore,
  parameters: readonly { readonly name: string; readonly value: string }[],
  images: LocalImages,
): readonly string[] =>
  parameters.flatMap(({ name, value }) => {
    const [, prefix, tool] = /^(.*\/tools\/([^/]+))\/spec$/.exec(name) ?? [];
    if (prefix === undefined || tool === undefined) return [];
    if (store.get(`${prefix}/version`) !== undefined) return [];
    const image = images.list(imageIn(value, tool))?.find((one) => one.tag === firstVersion);
    if (image === undefined) return [];
    store.provide(`${prefix}/version`, firstVersion);
    return [tool];
  });
