import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { nameOf } from '../container.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Item, Watchers } from '../watchers.ts';
import { judgeFallBacks, staleMs } from './fall-backs.ts';
import { Violation } from './violation.ts';

const minute = 60_000;
/**
 * Judges what is counted of the starts of versions: every run once, a start that works clears the count, three failed starts in a row
 * make a version broken and nothing else does, and no new task is launched with it then.
 */
export const judgeVersions = (worldOf: () => LiveWorld) => {
  /** Since when each version is broken, by the key of its item. */
  const brokenSince = new Map<string, number>();
  const sinceOf = (key: string): number => brokenSince.get(key) ?? Number.POSITIVE_INFINITY;
  let isRestored = false;

  const judgeCounts = (before: Item, after: Item): void => {
    const kept = new Set(effectsIn(after).map(({ id }) => id?.S));
    const counts = effectsIn(before).filter(({ saw }) => saw !== undefined);
    for (const effect of counts) {
      // Of very many that cannot be counted, the oldest are left out.
      if (kept.has(effect.id?.S) || counts.length >= 10) continue;
      const record = worldOf().cloud.itemOf(`#version/${effect.tool?.S}/${effect.version?.S}`);
      const { skewMs } = worldOf().plan.traits;
      if (record === undefined || isRestored || isCounted(effect, record, 2 * skewMs)) continue;
      throw new Violation(
        'counted',
        `${effect.id?.S} left its outbox, and the record of ${effect.version?.S} has ${JSON.stringify(record.failedRuns ?? null)}`,
      );
    }
  };

  const judgeBroken = (key: string, record: Item): void => {
    if (record.broken === undefined) return void brokenSince.delete(key);
    if (brokenSince.has(key)) return;
    const { timeline, cloud } = worldOf();
    brokenSince.set(key, timeline.now());
    const names = failedIn(record).map(({ run }) => run);
    const isUnstarted = (name: string): boolean => {
      const own = cloud.containers.all.filter((one) => nameOf(one) === name);
      return own.length === 0 || own.some(({ end }) => end?.how === 'notStarted');
    };
    const wrong = names.find((name) => !isUnstarted(name));
    if (new Set(names).size < 3 || wrong !== undefined)
      throw new Violation(
        'broken',
        `${key} was called broken after the failed starts of ${names.join(', ')}`,
      );
  };

  /** A task that has no version yet gets none that is broken. */
  const judgeLaunch = (before: Item | undefined, after: Item): void => {
    const isFirst = after.phase?.S === 'LAUNCHING' && before?.pinned === undefined;
    if (!isFirst || !areFunctionsCurrent(worldOf())) return;
    const key = `#version/${after.tool?.S}/${after.version?.S}`;
    const { timeline, cloud } = worldOf();
    const since = sinceOf(key);
    if (timeline.now() - since < staleMs || !hasSameDefinitions(after, cloud.itemOf(key))) return;
    throw new Violation(
      'broken',
      `${after.taskId?.S} was launched with ${key}, which is broken since ${new Date(since).toISOString()}`,
    );
  };

  const fallBacks = judgeFallBacks(worldOf, brokenSince);

  const watchers: Pick<Watchers, 'written'> & typeof fallBacks.watchers = {
    ...fallBacks.watchers,
    written: (before, after) => {
      const key = after.taskId?.S ?? '';
      if (key.startsWith('#version/')) return judgeBroken(key, after);
      if (key.startsWith('#')) return;
      if (before !== undefined) judgeCounts(before, after);
      if (before?.phase?.S !== 'LAUNCHING' && !isRestored) judgeLaunch(before, after);
    },
  };

  return {
    watchers,
    forget: (): void => {
      isRestored = true;
      fallBacks.forget();
    },
    atEnd: fallBacks.atEnd,
  };
};

type Effect = Readonly<Record<string, AttributeValue>>;

const effectsIn = ({ outbox }: Item): readonly Effect[] => (outbox?.L ?? []).map(({ M = {} }) => M);

const failedIn = ({ failedRuns }: Item) =>
  (failedRuns?.L ?? []).map(({ M = {} }) => ({
    run: M.run?.S ?? '',
    at: Date.parse(M.at?.S ?? ''),
  }));

/** `apartMs`: so far apart the clocks of two functions may be: the one clears the count, the other has seen the start that failed. */
const isCounted = (effect: Effect, record: Item, apartMs: number): boolean => {
  const definitions = Object.values(record.definitions?.M ?? {}).map(({ S }) => S);
  if (!definitions.includes(effect.definition?.S)) return true;
  const at = Date.parse(effect.at?.S ?? '');
  const failed = failedIn(record);
  if (effect.saw?.S === 'failedStart') {
    const isIn = failed.some(({ run }) => effect.id?.S?.startsWith(`${run}/`));
    const isLeftOut = failed.length === 3 && failed.every((one) => one.at >= at);
    return isIn || isLeftOut || at <= Date.parse(record.countsFrom?.S ?? '') + apartMs;
  }
  // A start that clears nothing is written once a minute: a failure before it that is told after it may count.
  const countsFrom = Date.parse(record.countsFrom?.S ?? '');
  const isRecent = countsFrom > at - minute;
  const isCleared = failed.every((one) => one.at > at || (isRecent && one.at > countsFrom));
  return isCleared && (effect.saw?.S === 'start' || record.provenAt !== undefined);
};

const hasSameDefinitions = ({ pinned }: Item, record: Item | undefined): boolean => {
  const own = Object.values(pinned?.M?.definitions?.M ?? {}).map(({ S }) => S);
  const known = Object.values(record?.definitions?.M ?? {}).map(({ S }) => S);
  return own.every((definition) => known.includes(definition));
};

/** So many answers of the table are lost that its record of a version may not be read: then tasks are launched as if there were none. */
const manyLostAnswers = 0.02;

/** The release before this one does not look at what is broken, and no release where the record cannot be read. */
const areFunctionsCurrent = ({ plan, timeline }: LiveWorld): boolean => {
  const isDeployed = plan.happenings.some(({ kind }) => kind === 'deploy');
  const hadTrouble = plan.happenings.some(
    (one) =>
      one.kind === 'trouble' &&
      one.service === 'dynamodb' &&
      one.until > timeline.now() - 2 * staleMs,
  );
  if (timeline.now() < plan.calmAt + 4 * minute && plan.traits.lostAnswers >= manyLostAnswers)
    return false;
  return !hadTrouble && (!isDeployed || timeline.now() > plan.calmAt + 4 * minute);
};
