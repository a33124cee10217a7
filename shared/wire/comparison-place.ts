import * as v from 'valibot';
import { type ComparisonPlace, comparisonStart } from '../core/comparison.ts';
import { listIn, textIn, wholeIn } from './bounded.ts';
import { counted, lengths, sizes } from './ranges.ts';
import type { FieldsOf } from './stored-time.ts';

const ids = listIn(textIn(lengths.name), sizes.suspects);

// A place in the index by phase: the time of a write, and an id.
const after = v.pipe(textIn(lengths.short), v.regex(/^\d{4}-\d\d-\d\dT[\d:.]+Z [A-Za-z0-9_-]+$/));

const placeSchema = v.object({
  first: v.picklist(['table', 'cluster']),
  table: v.exactOptional(
    v.object({
      phase: v.picklist(['STARTING', 'RUNNING']),
      after: v.exactOptional(after),
    }),
  ),
  listAfter: v.exactOptional(textIn(lengths.sentence)),
  listed: wholeIn(counted),
  suspects: ids,
  earlierSuspects: ids,
} satisfies FieldsOf<ComparisonPlace>);

const stored = v.pipe(v.string(), v.parseJson(), placeSchema);

/** The place as one text. Only the sweep reads it. */
export const placeText = (place: ComparisonPlace): string => JSON.stringify(place);

/** The place in a text of `placeText`; for any other text, the place at which the comparison begins. */
export const placeIn = (text: unknown): ComparisonPlace => {
  const read = v.safeParse(stored, text);
  return read.success ? read.output : comparisonStart;
};
