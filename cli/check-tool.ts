import { codes } from './codes.ts';
import { type Context, pinsAt, tableOf } from './context.ts';
import { explained } from './failure-message.ts';
import { noSuchTool, toolNamed } from './no-such-tool.ts';
import { Trouble } from './trouble.ts';

/** Refuses to submit for a tool that is not there. Its version may be pinned later, so that one is only remarked. */
export const checkTool = async (
  { tool, version }: { readonly tool: string; readonly version?: string | undefined },
  stand: Context,
): Promise<void> => {
  const missing = await asked('the tool could not be looked up in SSM', stand, async () =>
    (await toolNamed(tool, stand)) ? undefined : noSuchTool(tool, await pinsAt(stand).all(), stand),
  );
  if (missing !== undefined) {
    throw new Trouble(codes.rejected, `Nothing was submitted. ${missing}`);
  }
  if (version === undefined) return;
  const [known] = await asked('the version could not be looked up in the task table', stand, () =>
    tableOf(stand).versions(tool, [version]),
  );
  const why = known
    ? brokenOf(known.broken)
    : 'is not registered: its task waits until it is pinned';
  if (why !== undefined) stand.remark(`Version ${version} of ${tool} ${why}.`);
};

const asked = async <T>(what: string, stand: Context, ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    if (stand.signal.aborted) throw error;
    const { code, sentence } = explained(error, stand.place);
    throw new Trouble(code, `Nothing was submitted, because ${what}. ${sentence}`, error);
  }
};

const brokenOf = (broken: string | undefined): string | undefined =>
  broken === undefined
    ? undefined
    : `is broken (${broken}): its task waits until it is pinned again`;
