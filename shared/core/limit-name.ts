import type { LimitTerms } from './limit.ts';
import { present } from './present.ts';
import type { ToolSpec } from './tool.ts';

/** The limit of a tool, as a row and an effect name it. */
export const limitOf = (tool: string): string => `limit/${tool}`;

/** The limit of the whole stage. */
export const stageLimit = 'stage';

/** The tool of a limit; undefined for that of the stage, and for a limit that this version of Davit does not know. */
export const toolOfLimit = (name: string): string | undefined => after('limit/', name);

/** The hold of those tasks of a tool that wait for this limit: the index finds them together. */
export const holdAt = (name: string, tool: string): string =>
  name === stageLimit ? `${stageLimit}/${tool}` : name;

/** What a hold is of: the name of a limit, and the tool; undefined for a hold that is of something else. */
export const limitOfHold = (
  by: string,
): { readonly name: string; readonly tool: string } | undefined => {
  const atStage = after(`${stageLimit}/`, by);
  if (atStage !== undefined) return { name: stageLimit, tool: atStage };
  const tool = toolOfLimit(by);
  return tool === undefined ? undefined : { name: by, tool };
};

/** How many runs of a tool may live; undefined for a tool without limits. */
export const termsOf = ({
  maxRunning,
  maxPerTenant,
}: Pick<ToolSpec, 'maxRunning' | 'maxPerTenant'>): LimitTerms | undefined =>
  maxRunning === undefined ? undefined : { maxRunning, ...present({ maxPerTenant }) };

const after = (start: string, text: string): string | undefined =>
  text.startsWith(start) ? text.slice(start.length) : undefined;
