import * as v from 'valibot';
import type { Live } from '../core/tool.ts';
import { shown } from './shown.ts';
import { releaseSchema } from './stored-release.ts';
import { type FieldsOf, firstIssue, storedFields, storedTime } from './stored-time.ts';

const liveSchema = v.object({
  release: v.exactOptional(releaseSchema),
  pinVersion: v.number(),
  specVersion: v.number(),
  changedAt: storedTime,
  refusal: v.exactOptional(v.object({ version: v.string(), why: v.string(), at: storedTime })),
} satisfies FieldsOf<Live>);

// Standard parameters hold 4 KB, and a refusal quotes AWS: its sentence gives way, the release never does.
const longestWhy = 500;

/** The SSM parameter `live` as text: JSON, times in words. */
export const liveText = (live: Live): string => {
  const { refusal } = live;
  const brief = refusal && { ...refusal, why: refusal.why.slice(0, longestWhy) };
  return JSON.stringify(storedFields({ ...live, refusal: brief }));
};

/** Reads the SSM parameter `live`. Throws a sentence when it is none: `release` alone writes it, and writes it anew at the next pin. */
export const liveOf = (text: string): Live => {
  const read = v.safeParse(liveSchema, jsonOf(text));
  if (read.success) return read.output;
  throw new Error(
    `Expected a live record as release writes it, got ${shown(text)} (${firstIssue(read.issues)}); pin the version again`,
  );
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
