import type { LimitTerms } from './limit.ts';
import { present } from './present.ts';
import type { ToolSpec } from './tool.ts';

/** The limit of a tool, as a hold, a row and an effect name it. */
export const limitOf = (tool: string): string => `limit/${tool}`;

/** The tool of a limit; undefined for a limit that this version of Davit does not know. */
export const toolOfLimit = (name: string): string | undefined =>
  name.startsWith('limit/') ? name.slice('limit/'.length) : undefined;

/** How many runs of a tool may live; undefined for a tool without limits. */
export const termsOf = ({
  maxRunning,
  maxPerTenant,
}: Pick<ToolSpec, 'maxRunning' | 'maxPerTenant'>): LimitTerms | undefined =>
  maxRunning === undefined ? undefined : { maxRunning, ...present({ maxPerTenant }) };
