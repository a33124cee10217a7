import { fieldsOf } from '../fields.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Watchers } from '../watchers.ts';
import { Violation } from './violation.ts';

/** A claim lasts for a minute, and the clocks of functions differ. */
const claimedMs = 50_000;

/**
 * Judges that what is live never goes back to an older pin. A release that stood still for longer than its claim may write an older
 * record (shared/aws/live-claims.ts says why that is soon put right), so an invocation is judged only in its first seconds.
 */
export const judgeLiveRecords = (
  worldOf: () => LiveWorld,
): Pick<Watchers, 'invoked' | 'ended' | 'parameterPut'> & { readonly forget: () => void } => {
  const newest = new Map<string, Made>();
  /** When the invocation began in which an environment is; a work that was cut off may go on there later. */
  const startedAt = new Map<string, number>();
  const cutOff = new Set<string>();
  let isRestored = false;

  return {
    invoked: (flow, invocation) => {
      if (flow === 'release') startedAt.set(invocation.environment, invocation.startedAt);
    },
    ended: (flow, how, { environment }) => {
      if (flow === 'release' && how === 'failed') cutOff.add(environment);
    },
    parameterPut: (name, value, by) => {
      if (!name.endsWith('/live')) return;
      const made = madeIn(value);
      const known = newest.get(name);
      if (known === undefined || !isOlder(made, known)) {
        newest.set(name, made);
        return;
      }
      const workedMs = worldOf().timeline.now() - (startedAt.get(by) ?? 0);
      if (isRestored || cutOff.has(by) || workedMs > claimedMs) return;
      throw new Violation(
        'live',
        `${by} wrote ${name} for version ${made.pinVersion} of its pin, and it was written for version ${known.pinVersion} before`,
      );
    },
    forget: () => {
      isRestored = true;
    },
  };
};

/** The parameters that a live record was made from. */
interface Made {
  readonly changedAt: string;
  readonly pinVersion: number;
  readonly specVersion: number;
}

const madeIn = (value: string): Made => {
  const { changedAt, pinVersion, specVersion } = fieldsOf(JSON.parse(value));
  return {
    changedAt: String(changedAt),
    pinVersion: Number(pinVersion),
    specVersion: Number(specVersion),
  };
};

const isOlder = (one: Made, other: Made): boolean =>
  one.changedAt < other.changedAt ||
  (one.changedAt === other.changedAt &&
    (one.pinVersion < other.pinVersion || one.specVersion < other.specVersion));
