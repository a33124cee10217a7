import type { PinnedTool } from '../shared/aws/pins.ts';
import { type Context, pinsAt } from './context.ts';

/** Reads the tool's parameters. Undefined when no deployment has described it; throws when SSM cannot be reached. */
export const readTool = async (tool: string, context: Context): Promise<PinnedTool | undefined> => {
  const found = possibleName.test(tool) ? await pinsAt(context).one(tool) : undefined;
  return found?.specVersion === undefined && found?.live === undefined ? undefined : found;
};

// SSM allows only these characters in one level of a parameter's name, and answers others with an error.
const possibleName = /^[\w.-]+$/;
