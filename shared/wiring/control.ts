import type { AskPorts } from '../flows/ask-tasks.ts';
import { submissionOf } from '../wire/message.ts';
import { carryOutPorts, stops } from './rows.ts';

/** For what operators and publishers ask of `control`. */
export const controlPorts = (signal: AbortSignal): AskPorts => ({
  ...carryOutPorts(signal),
  submissionOf,
  stopPace: stops(),
});
