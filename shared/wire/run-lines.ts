import * as v from 'valibot';
import type { RunLines } from '../core/run-lines.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { textIn, wholeIn } from './bounded.ts';
import { counted, lengths, times } from './ranges.ts';
import { type FieldsOf, firstIssue } from './stored-time.ts';

const count = wholeIn(counted);
const time = wholeIn({ least: 0, most: times.most });

const runLinesSchema = v.object({
  revision: count,
  progressAt: time,
  progressSentAt: time,
  readyLine: v.exactOptional(textIn(lengths.name)),
} satisfies FieldsOf<RunLines>);

/** Reads what the table keeps of the lines of a run. Throws UnreadableRow when this version cannot read it. */
export const runLinesOf = (fields: Readonly<Record<string, unknown>>): RunLines => {
  const parsed = v.safeParse(runLinesSchema, fields);
  if (parsed.success) return parsed.output;
  throw new UnreadableRow(
    `Item ${String(fields.taskId)} cannot be read: ${firstIssue(parsed.issues)}. Delete it: Davit makes a new one`,
  );
};
