import * as v from 'valibot';
import { type ComparisonPlace, comparisonStart } from '../core/comparison.ts';
import type { FieldsOf } from './stored-time.ts';

const ids = v.array(v.string());

const placeSchema = v.object({
  first: v.picklist(['table', 'cluster']),
  table: v.exactOptional(
    v.object({
      phase: v.picklist(['STARTING', 'RUNNING']),
      after: v.exactOptional(v.string()),
    }),
  ),
  listAfter: v.exactOptional(v.string()),
  listed: v.number(),
  suspects: ids,
  earlierSuspects: ids,
} satisfies FieldsOf<ComparisonPlace>);

const stored = v.pipe(v.string(), v.parseJson(), placeSchema);

/** The place as one text: only the sweep reads it. */
export const placeText = (place: ComparisonPlace): string => JSON.stringify(place);

/** The place in such a text; the beginning, where a text is none of ours. */
export const placeIn = (text: unknown): ComparisonPlace => {
  const read = v.safeParse(stored, text);
  return read.success ? read.output : comparisonStart;
};
