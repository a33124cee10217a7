import * as v from 'valibot';
import { textIn, wholeIn } from './bounded.ts';
import { counted, exitStatus, lengths, runNumbers } from './ranges.ts';
import { storedTime } from './stored-time.ts';

// The values of which rows, their parts and their effects are made.

export const count = wholeIn(counted);
export const run = wholeIn(runNumbers);
export const name = textIn(lengths.name);
export const short = textIn(lengths.short);
export const arn = textIn(lengths.arn);
export const sentence = textIn(lengths.sentence);
export const maybeCount = v.exactOptional(count);
export const maybeName = v.exactOptional(name);
export const maybeSentence = v.exactOptional(sentence);
export const maybeTime = v.exactOptional(storedTime);
export const maybeExitCode = v.exactOptional(wholeIn(exitStatus));
