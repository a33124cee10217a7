import type { PinnedTool } from '../shared/aws/pins.ts';
import { nearest } from '../shared/wire/nearest.ts';
import { shown } from '../shared/wire/shown.ts';
import type { Context } from './context.ts';

/** The sentence of every command about a tool that does not exist. It names the most similar tool. */
export const noSuchTool = (
  tool: string,
  known: readonly PinnedTool[],
  { deployment }: Context,
): string => {
  const near = nearest(
    tool,
    known.map((one) => one.tool),
  );
  const hint = near === undefined ? '' : `; the nearest is ${shown(near)}`;
  return `There is no tool ${shown(tool)} in ${deployment.description}${hint}. \`davit versions\` lists them all.`;
};
