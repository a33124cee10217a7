import { clipped } from './clipped.ts';
import type { EffectOf } from './effect.ts';
import { present } from './present.ts';
import type { FailedStart, VersionRecord } from './release.ts';
import { runName } from './run-name.ts';

/** A version is broken when so many of its starts in a row have failed. */
const mostFailedStarts = 3;

/** A start that clears nothing is written at most once in this time: one item takes the starts of all tasks of a version. */
const stampMs = 60_000;

/** Characters of why a version is broken, which quotes ECS. */
const longestWhy = 500;

/**
 * The record of a version after what a run of it showed; the same object when the record does not change. Effects come late and
 * twice, so a failed start counts by the name of its run, and only when it is later than the last start that did not fail. What
 * a run of other task definitions showed, such as those of an earlier image, says nothing about this version.
 */
export const countedIn = (
  record: VersionRecord,
  taskId: string,
  effect: EffectOf<'count'>,
): VersionRecord => {
  if (!Object.values(record.definitions).includes(effect.definition)) return record;
  return effect.saw === 'failedStart'
    ? withFailure(record, { run: runName(taskId, effect.run), at: effect.at }, effect.why ?? '')
    : withStart(record, effect.at, effect.saw === 'success');
};

/** Whether the failed start of this run is among those that have made the version broken. */
export const hasBroken = (
  { broken, failedRuns = [] }: VersionRecord,
  taskId: string,
  run: number,
): boolean => broken !== undefined && failedRuns.some((one) => one.run === runName(taskId, run));

const withFailure = (record: VersionRecord, failed: FailedStart, why: string): VersionRecord => {
  const { failedRuns = [], countsFrom = 0 } = record;
  if (failed.at <= countsFrom || failedRuns.some(({ run }) => run === failed.run)) return record;
  const latest = [...failedRuns, failed].toSorted(byTime).slice(-mostFailedStarts);
  if (!latest.includes(failed)) return record;
  return {
    ...record,
    failedRuns: latest,
    failedStarts: latest.length,
    ...(record.broken === undefined && latest.length === mostFailedStarts
      ? { broken: brokenSentence(why), brokenAt: failed.at }
      : {}),
  };
};

const withStart = (record: VersionRecord, at: number, isSuccess: boolean): VersionRecord => {
  const { failedRuns = [], countsFrom = 0, provenAt, ...rest } = record;
  const left = failedRuns.filter((failed) => failed.at > at);
  const isNews = left.length < failedRuns.length || (isSuccess && provenAt === undefined);
  if (!isNews && at < countsFrom + stampMs) return record;
  const { broken, brokenAt, ...known } = rest;
  const isBroken = left.length === mostFailedStarts;
  return {
    ...known,
    failedStarts: left.length,
    countsFrom: Math.max(countsFrom, at),
    ...present({
      failedRuns: left.length > 0 ? left : undefined,
      provenAt: provenAt ?? (isSuccess ? at : undefined),
      broken: isBroken ? broken : undefined,
      brokenAt: isBroken ? brokenAt : undefined,
    }),
  };
};

const byTime = (a: FailedStart, b: FailedStart): number => a.at - b.at || (a.run < b.run ? -1 : 1);

const brokenSentence = (why: string): string =>
  `${mostFailedStarts} starts in a row failed, the last one: ${clipped(why, longestWhy)}`;
