import { codes } from './codes.ts';
import { CommandError } from './command-error.ts';
import { type Context, pinsAt, tableOf } from './context.ts';
import { failureMessage } from './failure-message.ts';
import { noSuchTool } from './no-such-tool.ts';
import { readTool } from './read-tool.ts';

/** Throws when the tool does not exist. A missing version is only a remark, because it may be pinned later. */
export const checkTool = async (
  { tool, version }: { readonly tool: string; readonly version?: string | undefined },
  context: Context,
): Promise<void> => {
  const missing = await lookUp('Davit could not look up the tool in SSM', context, async () =>
    (await readTool(tool, context))
      ? undefined
      : noSuchTool(tool, await pinsAt(context).all(), context),
  );
  if (missing !== undefined) {
    throw new CommandError(codes.rejected, `Nothing was submitted. ${missing}`);
  }
  if (version === undefined) return;
  const [known] = await lookUp(
    'Davit could not look up the version in the task table',
    context,
    () => tableOf(context).versions(tool, [version]),
  );
  const why = known
    ? brokenOf(known.broken)
    : 'is not registered: its task waits until someone pins it';
  if (why !== undefined) context.remark(`Version ${version} of ${tool} ${why}.`);
};

const lookUp = async <T>(failure: string, context: Context, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    if (context.signal.aborted) throw error;
    const { code, sentence } = failureMessage(error, context.deployment);
    throw new CommandError(code, `Nothing was submitted. ${failure}. ${sentence}`, error);
  }
};

const brokenOf = (broken: string | undefined): string | undefined =>
  broken === undefined
    ? undefined
    : `is broken (${broken}): its task waits until someone pins it again`;
