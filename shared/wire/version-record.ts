import * as v from 'valibot';
import type { VersionRecord } from '../core/release.ts';
import { storedSpec } from './spec.ts';
import { definitionsSchema } from './stored-release.ts';
import { type FieldsOf, firstIssue, storedTime } from './stored-time.ts';

const recordSchema = v.object({
  tool: v.string(),
  version: v.string(),
  imageDigest: v.exactOptional(v.string()),
  movedFrom: v.exactOptional(v.object({ imageDigest: v.string(), at: storedTime })),
  definitions: definitionsSchema,
  definitionDigest: v.exactOptional(v.string()),
  spec: storedSpec,
  specVersion: v.number(),
  registeredAt: storedTime,
  provenAt: v.exactOptional(storedTime),
  broken: v.exactOptional(v.string()),
  failedStarts: v.number(),
} satisfies FieldsOf<VersionRecord>);

/** What the item `#version/<tool>/<version>` says of a version. Throws when it is no such item. */
export const versionRecordOf = (fields: Readonly<Record<string, unknown>>): VersionRecord => {
  const read = v.safeParse(recordSchema, fields);
  if (read.success) return read.output;
  throw new Error(
    `Item ${String(fields.taskId)} cannot be read: ${firstIssue(read.issues)}. Was it edited by hand, or written by a newer Davit?`,
  );
};
