import { type LimitTerms, mostOfStage, type StageTerms } from './limit.ts';
import { limitOf, stageLimit, termsOf, toolOfLimit } from './limit-name.ts';
import type { Task } from './task.ts';
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

/**
 * What a limit allows, as far as the row of a run knows it: with this an item that a person has deleted is made again. No row
 * has the number of the stage, so that is the highest one; no place is given before the sweep has looked it up.
 */
export const termsOfRun = (
  name: string,
  { tool, release }: Pick<Task, 'tool' | 'release'>,
): LimitTerms | StageTerms | undefined => {
  const own = release && termsOf(release.spec);
  if (toolOfLimit(name) !== undefined) return own;
  if (name !== stageLimit || tool === undefined) return undefined;
  return { maxRunning: mostOfStage, tools: [{ tool, ...own }] };
};
