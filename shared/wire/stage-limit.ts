import { mostOfStage } from '../core/limit.ts';
import { shown } from './shown.ts';

/** The most runs of the whole stage, or a sentence that says what is wrong with what came. */
export type StageLimit = { readonly maxRunning: number } | { readonly fault: string };

/** The key of `tools.yml` that is of no tool: the name of a tool has no capital letter. */
export const stageKey = 'maxRunning';

/** The limit in the text of its parameter. */
export const stageLimitOf = (text: string): StageLimit =>
  checked(/^\s*\d{1,6}\s*$/.test(text) ? Number(text) : undefined, text);

/** The limit as `tools.yml` has it. */
export const stageLimitIn = (value: unknown): StageLimit =>
  checked(typeof value === 'number' && Number.isInteger(value) ? value : undefined, value);

const checked = (maxRunning: number | undefined, came: unknown): StageLimit => {
  if (maxRunning !== undefined && maxRunning >= 1 && maxRunning <= mostOfStage)
    return { maxRunning };
  const expected = `expected a whole number from 1 to ${mostOfStage}, but ${cameText(came)} came`;
  return { fault: `${expected}; ${whatToDo(maxRunning)}` };
};

const cameText = (came: unknown): string =>
  came === undefined || came === null ? 'nothing' : shown(came);

const whatToDo = (came: number | undefined): string => {
  if (came === 0)
    return 'a limit of 0 would start nothing: to start nothing for a while, pause every tool (davit pause --all)';
  if (came !== undefined && came > mostOfStage)
    return 'every start and every end of a run writes the list of all that run, and DynamoDB takes only so many writes of one item: remove the limit, or divide the tools among several stages';
  return 'it is the most runs of all tools at the same time';
};
