import { codes } from './codes.ts';
import { CommandError } from './command-error.ts';
import type { Context } from './context.ts';

/** Whether the user wants this; throws where no user can be asked. `example`: what else to do there. */
export const isConfirmed = async (
  what: string,
  example: string,
  context: Context,
): Promise<boolean> => {
  if (context.confirm === undefined)
    throw new CommandError(codes.usage, `${what} Nobody can be asked here: ${example}.`);
  return await context.confirm(`${what} Go on?`);
};
