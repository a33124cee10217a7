import * as v from 'valibot';
import type { Live } from '../core/tool.ts';
import { textIn, wholeIn } from './bounded.ts';
import { jsonOf } from './json-of.ts';
import { counted, lengths } from './ranges.ts';
import { printable, shown } from './shown.ts';
import { parameterText } from './spec.ts';
import { releaseSchema } from './stored-release.ts';
import { type FieldsOf, firstIssue, storedChange, storedFields } from './stored-time.ts';

const liveSchema = v.object({
  release: v.exactOptional(releaseSchema),
  pinVersion: wholeIn(counted),
  specVersion: wholeIn(counted),
  changedAt: storedChange,
  definitionDigest: v.exactOptional(textIn(lengths.short)),
  refusal: v.exactOptional(
    v.object({
      // Whatever text was pinned.
      version: textIn(lengths.sentence),
      why: textIn(lengths.sentence),
      at: storedChange,
      isBroken: v.exactOptional(v.literal(true)),
    }),
  ),
} satisfies FieldsOf<Live>);

/** The UTF-8 bytes of a standard parameter (SSM). */
export const mostLiveBytes = 4096;

// The lengths to which the sentence of a refusal is cut, one after the other: it quotes AWS, and the text that was pinned.
const whyLengths = [500, 250, 100, 30, 0];
// Enough to recognize a version, and at most eleven bytes for each character.
const fewCharacters = 16;

/**
 * The text of the SSM parameter `live`: JSON with ISO times. When it is too long for a parameter, the sentence of the refusal is
 * cut. The release always fits, because the check of `tools.yml` limits the spec (tools-file.ts).
 */
export const liveText = (live: Live): string => {
  const { refusal } = live;
  if (refusal === undefined) return textOf(live);
  const texts = whyLengths.map((length) =>
    textOf({ ...live, refusal: { ...refusal, why: refusal.why.slice(0, length) } }),
  );
  const version = printable(refusal.version, fewCharacters);
  return (
    texts.find((text) => bytesOf(text) <= mostLiveBytes) ??
    textOf({ ...live, refusal: { ...refusal, version, why: '' } })
  );
};

/** The length of a text in UTF-8 bytes. */
export const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** A live record that was read, or a sentence that says what is wrong with it. */
export type ReadLive = { readonly live: Live } | { readonly fault: string };

/** Reads the SSM parameter `live`, which `release` alone writes, and writes again when it cannot read it. */
export const liveOf = (text: string): ReadLive => {
  const read = v.safeParse(liveSchema, jsonOf(text));
  if (read.success) return { live: read.output };
  return {
    fault: `Expected a live record as release writes it, but got ${shown(text)} (${firstIssue(read.issues)}); pin the version again`,
  };
};

const textOf = (live: Live): string => parameterText(storedFields(live));
