import { type ComparisonPlace, comparisonStart } from '../../shared/core/comparison.ts';
import type { ComparisonPlaces } from '../../shared/ports.ts';

/** A place of the comparison that was never kept before. */
export const memoryPlace = (): ComparisonPlaces => {
  let kept: ComparisonPlace = comparisonStart;
  return {
    read: async () => kept,
    save: async (place) => {
      kept = structuredClone(place);
    },
  };
};
