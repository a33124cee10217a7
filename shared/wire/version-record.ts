import * as v from 'valibot';
import type { FailedStart, VersionRecord } from '../core/release.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { listIn, textIn, wholeIn } from './bounded.ts';
import { counted, lengths, sizes } from './ranges.ts';
import { storedSpec } from './spec.ts';
import { definitionsSchema } from './stored-release.ts';
import { type FieldsOf, firstIssue, storedChange, storedTime } from './stored-time.ts';

const recordSchema = v.object({
  tool: textIn(lengths.name),
  version: textIn(lengths.name),
  imageDigest: v.exactOptional(textIn(lengths.short)),
  movedFrom: v.exactOptional(v.object({ imageDigest: textIn(lengths.short), at: storedTime })),
  definitions: definitionsSchema,
  definitionDigest: v.exactOptional(textIn(lengths.short)),
  spec: storedSpec,
  specVersion: wholeIn(counted),
  registeredAt: storedTime,
  provenAt: v.exactOptional(storedTime),
  broken: v.exactOptional(textIn(lengths.sentence)),
  brokenAt: v.exactOptional(storedTime),
  failedStarts: wholeIn(counted),
  failedRuns: v.exactOptional(
    listIn(
      v.object({ run: textIn(lengths.short), at: storedTime } satisfies FieldsOf<FailedStart>),
      sizes.failedRuns,
    ),
  ),
  countsFrom: v.exactOptional(storedTime),
  earlier: v.exactOptional(listIn(textIn(lengths.name), sizes.earlier)),
  pinVersion: v.exactOptional(wholeIn(counted)),
  pinnedAt: v.exactOptional(storedChange),
  revision: v.exactOptional(wholeIn(counted)),
} satisfies FieldsOf<VersionRecord>);

/** The record in an item `#version/<tool>/<version>`. Throws UnreadableRow when this version of Davit cannot read it. */
export const versionRecordOf = (fields: Readonly<Record<string, unknown>>): VersionRecord => {
  const read = v.safeParse(recordSchema, fields);
  if (read.success) return read.output;
  throw new UnreadableRow(
    `Item ${String(fields.taskId)} cannot be read: ${firstIssue(read.issues)}. Was it edited by hand, or written by a newer Davit? Pin the version again: then release writes the item again`,
  );
};
