import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorMessage } from '../shared/core/error-message.ts';
import { exitCodes, InvokeFailure } from './failure.ts';

/** Every function of Davit, with the sample event that comes with it. */
export const sampleEvents = {
  dispatch: 'events/one-task.json',
  settle: 'events/task-stopped.json',
  sweep: 'events/every-minute.json',
  release: 'events/pin-changed.json',
  control: 'events/backlog.json',
  relay: 'events/spoken-lines.json',
  topology: 'events/deployed.json',
} as const;

export type FunctionName = keyof typeof sampleEvents;

/** Reads `<function> <event file>`. A relative path starts in `folder`. Throws an InvokeFailure with a sentence. */
export const readArgs = (
  words: readonly string[],
  folder: string,
): { readonly name: FunctionName; readonly event: unknown } => {
  const [name = '', file, ...more] = words;
  if (file === undefined || more.length > 0) {
    throw new InvokeFailure(
      exitCodes.usage,
      `Expected two words, a function and an event file, but ${words.length} came. Example: npm run invoke -- dispatch ${sampleEvents.dispatch}`,
    );
  }
  if (!isFunctionName(name)) {
    throw new InvokeFailure(
      exitCodes.usage,
      `There is no function "${name}". The functions are ${Object.keys(sampleEvents).join(', ')}.`,
    );
  }
  return { name, event: eventIn(resolve(folder, file), name) };
};

const isFunctionName = (name: string): name is FunctionName => Object.hasOwn(sampleEvents, name);

const eventIn = (path: string, name: FunctionName): unknown => {
  const text = textIn(path, name);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvokeFailure(
      exitCodes.badData,
      `The event file ${path} must hold JSON, but cannot be parsed: ${errorMessage(cause)}`,
      cause,
    );
  }
};

const textIn = (path: string, name: FunctionName): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InvokeFailure(
      exitCodes.noInput,
      `The event file ${path} cannot be read (${errorMessage(cause)}). A sample is ${sampleEvents[name]}.`,
      cause,
    );
  }
};
