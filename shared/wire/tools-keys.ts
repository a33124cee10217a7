import { nearest } from './nearest.ts';
import { printable } from './shown.ts';

/** The keys of a tool. */
export const knownKeys = [
  'image',
  'cpu',
  'memoryMiB',
  'maxCpu',
  'maxMemoryMiB',
  'placements',
  'acceptReclaim',
  'timeout',
  'startTimeout',
  'startWithin',
  'attempts',
  'delays',
  'reclaims',
  'maxRunning',
  'maxPerTenant',
  'stopTimeout',
  'exitCodes',
  'result',
  'doubleMemory',
  'command',
  'environment',
  'secrets',
  'diskGiB',
  'architecture',
] as const;

/** A sentence for each key that is not a key of a tool. */
export const faultsOfKeys = (keys: readonly string[]): readonly string[] =>
  keys.filter((key) => !knownKeys.some((known) => known === key)).map(faultOfKey);

/** Every known key with the value undefined, so that a missing key is checked by its own rule, with its own sentence. */
export const noValues: Readonly<Record<string, undefined>> = Object.fromEntries(
  knownKeys.map((key) => [key, undefined]),
);

/** Keys of a later version, with the reason why they are refused today: to ignore one would promise what Davit cannot do yet. */
const laterKeys: ReadonlyMap<string, string> = new Map([
  ['gpu', 'there are no GPU hosts yet'],
  ['ports', 'tools cannot expose ports yet'],
  ['expose', 'tools cannot expose ports yet'],
]);

const faultOfKey = (key: string): string => {
  const later = laterKeys.get(key);
  if (later) {
    return `${key} comes with a later version (${later}); remove it until then`;
  }
  const meant = nearest(key, knownKeys);
  const hint = meant ? `did you mean ${meant}?` : `the keys are ${knownKeys.join(', ')}`;
  return `there is no key "${printable(key)}"; ${hint}`;
};
