import { releaseAll } from '../shared/flows/release.ts';
import { handlerOf } from '../shared/handler.ts';
import { releasePorts } from '../shared/wiring.ts';

/** Makes live what is pinned, once it is proven, and answers what became of each tool. */
export const handler = handlerOf((_event, signal) => releaseAll(releasePorts(signal)));
