import { releaseAll } from '../shared/flows/release.ts';
import { handlerOf } from '../shared/handler.ts';
import { releasePorts } from '../shared/wiring/release.ts';

/** Makes the pinned version of each tool live, once it is proven. Answers the outcome for each tool. */
export const handler = handlerOf((_event, signal) => releaseAll(releasePorts(signal)));
