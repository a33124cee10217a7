import type { Hold } from './task-parts.ts';

/** Why a task waits, in words that stay the same, so that programs can act on them. `docs/messages.md` explains each. */
export const holdCauses = [
  'paused',
  'noLiveVersion',
  'versionNotRegistered',
  'versionBroken',
  'cannotStart',
  'noCapacity',
  'noPlacement',
  'deployment',
  'notReachable',
  'specNotLive',
  'foreignDefinition',
  'toolRemoved',
  'limit',
] as const;
export type HoldCause = (typeof holdCauses)[number];

/** The cause of a hold. An older Davit has written none: then it is the usual one of what the row waits for. */
export const causeOf = ({ cause, by }: Pick<Hold, 'cause' | 'by'>): string =>
  cause ?? usual.get(by.split('/', 1)[0] ?? '') ?? 'other';

const usual: ReadonlyMap<string, HoldCause> = new Map([
  ['reach', 'notReachable'],
  ['tool', 'paused'],
  ['live', 'noLiveVersion'],
  ['version', 'versionNotRegistered'],
  ['placement', 'noCapacity'],
  ['deployment', 'deployment'],
  ['limit', 'limit'],
  ['stage', 'limit'],
]);
