import { mostOfStage } from '../core/limit.ts';
import { shown } from './shown.ts';

/** The most runs of the whole stage in the text of its parameter, or a sentence that says what is wrong with it. */
export const stageLimitOf = (
  text: string,
): { readonly maxRunning: number } | { readonly fault: string } => {
  const maxRunning = /^\s*\d{1,6}\s*$/.test(text) ? Number(text) : undefined;
  if (maxRunning !== undefined && maxRunning >= 1 && maxRunning <= mostOfStage)
    return { maxRunning };
  const expected = `expected a whole number from 1 to ${mostOfStage}, but ${shown(text)} came`;
  return { fault: `${expected}; ${whatToDo(maxRunning)}` };
};

const whatToDo = (came: number | undefined): string => {
  if (came === 0)
    return 'a limit of 0 would start nothing: to start nothing for a while, pause every tool (davit pause --all)';
  if (came !== undefined)
    return 'every start and every end of a run writes the list of all that run, and DynamoDB takes only so many writes of one item: delete the parameter, or divide the tools among several stages';
  return 'it is the most runs of all tools at the same time';
};
