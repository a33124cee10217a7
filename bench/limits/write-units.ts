import { rounded } from '../numbers.ts';

/** A write of one item. */
export interface ItemWrite {
  readonly at: number;
  /** The larger of the item's sizes before and after. */
  readonly bytes: number;
  /** The write was refused, because another one was faster. DynamoDB charges it too, by the item that it finds. */
  readonly isLost: boolean;
}

/** DynamoDB writes so many units a second in one partition, and an item is in one (developer guide, "partition throughput limits"). */
export const unitsOfPartition = 1_000;

/** The write units of an item: one for each KiB begun. A write costs that for the whole item, however little it changes. */
export const unitsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1_024));

/** What an item's writes cost. */
export interface WriteFigures {
  readonly writesASecond: number;
  readonly lostRacesASecond: number;
  readonly largestItemBytes: number;
  readonly unitsASecond: number;
  readonly unitsInBusiestSecond: number;
}

/** The figures of the writes from one time until another, in ms. */
export const figuresOf = (
  writes: readonly ItemWrite[],
  { from, until }: { readonly from: number; readonly until: number },
): WriteFigures => {
  const meant = writes.filter(({ at }) => at >= from && at < until);
  const seconds = (until - from) / 1_000;
  const units = (some: readonly ItemWrite[]): number =>
    some.reduce((sum, { bytes }) => sum + unitsOf(bytes), 0);
  const bySecond = Map.groupBy(meant, ({ at }) => Math.floor((at - from) / 1_000));
  return {
    writesASecond: rounded(meant.length / seconds, 1),
    lostRacesASecond: rounded(meant.filter(({ isLost }) => isLost).length / seconds, 1),
    largestItemBytes: Math.max(0, ...meant.map(({ bytes }) => bytes)),
    unitsASecond: rounded(units(meant) / seconds),
    unitsInBusiestSecond: Math.max(0, ...[...bySecond.values()].map(units)),
  };
};
