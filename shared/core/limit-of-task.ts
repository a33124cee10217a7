import type { LimitTerms, StageTerms } from './limit.ts';
import { limitOf, stageLimit, termsOf } from './limit-name.ts';
import type { ToolState } from './tool.ts';

/** A limit, and what it allows as SSM says it today. */
export interface NamedTerms {
  readonly name: string;
  readonly terms: LimitTerms | StageTerms;
}

/**
 * The limit in which the runs of a tool are counted: that of the stage, which counts the limit of the tool as well, or its own.
 * Undefined when there is none, and while the tool cannot be looked up. A run is never counted in two, so it never waits for
 * one limit with a place of another.
 */
export const limitOfTask = (tool: string, state: ToolState): NamedTerms | undefined => {
  if (state.kind !== 'known') return undefined;
  const own = termsOf(state.spec);
  const { stageMaxRunning } = state;
  if (stageMaxRunning === undefined) return own && { name: limitOf(tool), terms: own };
  return { name: stageLimit, terms: { maxRunning: stageMaxRunning, tools: [{ tool, ...own }] } };
};
