import type { PinnedTool } from '../shared/aws/pins.ts';
import { nearest } from '../shared/wire/nearest.ts';
import { shown } from '../shared/wire/shown.ts';
import { type Context, pinsAt } from './context.ts';

// A name with other letters is no level of a parameter's name, and asking SSM for it would be an error.
const possibleName = /^[\w.-]+$/;

/** The tool as its parameters have it; undefined when no deployment has described it. Throws when SSM cannot be asked. */
export const toolNamed = async (tool: string, stand: Context): Promise<PinnedTool | undefined> => {
  const found = possibleName.test(tool) ? await pinsAt(stand).one(tool) : undefined;
  return found?.specVersion === undefined && found?.live === undefined ? undefined : found;
};

/** The sentence of every command about a tool that is not there, with the nearest name that is. */
export const noSuchTool = (
  tool: string,
  known: readonly PinnedTool[],
  { place }: Context,
): string => {
  const near = nearest(
    tool,
    known.map((one) => one.tool),
  );
  const hint = near === undefined ? '' : `; the nearest is ${shown(near)}`;
  return `There is no tool ${shown(tool)} in ${place.called}${hint}. \`davit versions\` lists them all.`;
};
