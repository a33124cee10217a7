import { fieldsOf, listOf } from '../fields.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Watchers } from '../watchers.ts';
import { Violation } from './violation.ts';

const minute = 60_000;
/** A look at a version may be so old when what follows from it is written: the length of an invocation, and the cache. */
export const staleMs = 2 * minute;
/** release compares every five minutes. */
const followMs = 12 * minute;

/**
 * Judges that live goes back from a broken version to one that has succeeded, and forward only from there: at each move, when a
 * release has returned, and at the end of a world. `brokenSince` has the keys of the items of broken versions.
 */
export const judgeFallBacks = (
  worldOf: () => LiveWorld,
  brokenSince: ReadonlyMap<string, number>,
) => {
  /** What each environment of release had to go back from when its invocation began. */
  const atBegin = new Map<string, ReadonlyMap<string, Overdue>>();
  let isRestored = false;

  /** For the same pin, live goes back only to a version that has succeeded, and forward only from there. */
  const judgeMove = (tool: string, before: Live, after: Live): void => {
    const [from, to] = [before.release?.version, after.release?.version];
    if (from === undefined || from === to || !isSamePin(before, after)) return;
    const key = `#version/${tool}/${to}`;
    const isProven = worldOf().cloud.itemOf(key)?.provenAt !== undefined;
    const since = brokenSince.get(key) ?? Number.POSITIVE_INFINITY;
    const isBroken = worldOf().timeline.now() - since > staleMs;
    if (isForward(before, after) || (isProven && !isBroken)) return;
    throw new Violation(
      'fall-back',
      `live of ${tool} went from ${from} to ${to}, which is broken or has never succeeded`,
    );
  };

  /** By the name of the tool. */
  const overdue = (): ReadonlyMap<string, Overdue> =>
    new Map(
      [...brokenSince].flatMap(([key, since]): [string, Overdue][] => {
        const [, tool = '', version = ''] = key.split('/');
        const { cloud } = worldOf();
        const live = cloud.liveOf(tool) ?? '{}';
        const better = betterThan(worldOf(), key);
        const isLive = liveOf(live).release?.version === version;
        return isLive && better !== undefined ? [[tool, { version, since, better, live }]] : [];
      }),
    );

  const judgeRelease = (environment: string, outcomes: unknown): void => {
    const excused = excusedIn(outcomes);
    for (const [tool, found] of overdue()) {
      const known = atBegin.get(environment)?.get(tool);
      if (JSON.stringify(known) !== JSON.stringify(found) || excused.has(tool)) continue;
      throw new Violation(
        'fall-back',
        `${environment} left ${tool} ${found.version} live, which is broken, though ${found.better} has succeeded before`,
      );
    }
  };

  const watchers: Pick<Watchers, 'parameterWritten' | 'invoked' | 'ended'> = {
    parameterWritten: (name, before, after) => {
      const [tool = '', what] = name.split('/').slice(-2);
      if (what !== 'live' || before === undefined || isRestored) return;
      judgeMove(tool, liveOf(before), liveOf(after));
    },
    invoked: (flow, { environment }) => {
      if (flow === 'release') atBegin.set(environment, overdue());
    },
    ended: (flow, how, { environment, value }) => {
      if (flow !== 'release' || how !== 'returned' || isRestored || isMixed(worldOf())) return;
      judgeRelease(environment, value);
    },
  };

  return {
    watchers,
    forget: (): void => {
      isRestored = true;
    },
    atEnd: (): void => {
      const { plan, timeline } = worldOf();
      if (isRestored || timeline.now() - plan.calmAt < followMs) return;
      for (const [tool, { version, since, better }] of overdue())
        if (timeline.now() - since > followMs)
          throw new Violation(
            'fall-back',
            `${tool} ${version} is live and broken, and ${better} has succeeded before`,
          );
    },
  };
};

/** A broken version that is live, since when, the older one to go back to, and the text of the live record. */
interface Overdue {
  readonly version: string;
  readonly since: number;
  readonly better: string;
  readonly live: string;
}

/** The latest version before this one that has succeeded and is not broken. */
const betterThan = ({ cloud }: LiveWorld, key: string): string | undefined => {
  const [, tool] = key.split('/');
  return (cloud.itemOf(key)?.earlier?.L ?? []).find(({ S: version }) => {
    const one = cloud.itemOf(`#version/${tool}/${version}`);
    return one?.provenAt !== undefined && one.broken === undefined;
  })?.S;
};

/** Another invocation had the claim, or the older version was refused. The end of the world shows one that stays so. */
const excusedIn = (outcomes: unknown): ReadonlySet<unknown> =>
  new Set(
    listOf(outcomes)
      .map(fieldsOf)
      .filter(({ kind }) => kind === 'claimed' || kind === 'refused')
      .map(({ tool }) => tool),
  );

/** The release before this one does not look at what is broken. */
const isMixed = ({ plan }: LiveWorld): boolean =>
  plan.happenings.some(({ kind }) => kind === 'deploy');

/** What a judge reads of a live record. */
interface Live {
  readonly changedAt?: string;
  readonly pinVersion?: number;
  readonly release?: { readonly version: string };
  readonly refusal?: { readonly version: string; readonly isBroken?: true };
}

const isForward = ({ refusal }: Live, { release }: Live): boolean =>
  refusal?.isBroken === true && refusal.version === release?.version;

const isSamePin = (one: Live, other: Live): boolean =>
  one.changedAt === other.changedAt && one.pinVersion === other.pinVersion;

const liveOf = (text: string): Live => {
  const live: unknown = JSON.parse(text);
  return isLive(live) ? live : {};
};

/** Only release writes it. */
const isLive = (live: unknown): live is Live => typeof live === 'object' && live !== null;
