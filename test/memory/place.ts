import { type ComparisonPlace, comparisonStart } from '../../shared/core/comparison.ts';
import type { ComparisonPlaces } from '../../shared/ports.ts';

/** Keeps the place of the comparison; it was never saved before. */
export const memoryPlace = (): ComparisonPlaces => {
  let kept: ComparisonPlace = comparisonStart;
  return {
    read: async () => kept,
    save: async (place) => {
      kept = structuredClone(place);
    },
  };
};
