import type { PinnedTool } from '../shared/aws/pins.ts';
import { codes } from './codes.ts';
import { CommandError } from './command-error.ts';
import { type Context, pinsAt } from './context.ts';
import { noSuchTool } from './no-such-tool.ts';

/** All tools, or the one that the user has named. Throws for one that does not exist. */
export const chosenTools = async (
  tool: string | undefined,
  context: Context,
): Promise<readonly PinnedTool[]> => {
  const all = await pinsAt(context).all();
  if (tool === undefined) return all;
  const chosen = all.filter((one) => one.tool === tool);
  if (chosen.length === 0) throw new CommandError(codes.notFound, noSuchTool(tool, all, context));
  return chosen;
};
