import * as v from 'valibot';
import { isObject } from '../core/object.ts';
import { present } from '../core/present.ts';
import type { Request } from '../core/request.ts';
import { versionForm } from '../core/version.ts';
import { encodingRemark } from './content-encoding.ts';
import { durationMsOf, durationText } from './duration.ts';
import { parseJson, writeJson } from './json.ts';
import { askedSize, type Range, times, toolRanges } from './ranges.ts';
import { rfc3339MsOf } from './rfc3339.ts';
import { shown } from './shown.ts';

/** The request of a body, or a sentence for the publisher. */
export type ReadRequest =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly reason: string };

/** What the publisher can do about every fault of a body. The id is used up: the rejected row has it. */
const remedy = 'Publish it corrected, under a new message_id.';

interface Came {
  readonly input: unknown;
}

const must =
  (expected: string) =>
  ({ input }: Came): string =>
    `must be ${expected}, but is ${shown(input)}`;

const textLike = (pattern: RegExp, expected: string) =>
  v.pipe(v.string(must(expected)), v.regex(pattern, must(expected)));

const sizeLike = (expected: string) =>
  v.pipe(
    v.number(must(expected)),
    v.safeInteger(must(expected)),
    v.minValue(askedSize.least, must(expected)),
    v.maxValue(askedSize.most, must(expected)),
  );

/** A text that stands for a number of milliseconds in a range. */
const timeLike = (
  msOf: (text: string) => number | undefined,
  { least, most }: Range,
  expected: string,
) =>
  v.pipe(
    v.custom<string>((input) => {
      const ms = typeof input === 'string' ? msOf(input) : undefined;
      return ms !== undefined && ms >= least && ms <= most;
    }, must(expected)),
    v.transform(msOf),
  );

const { timeoutMs } = toolRanges;
const label = /^[A-Za-z0-9_.@-]{1,100}$/;

/** Whether a text may be a group or a tenant. */
export const isLabel = (text: string): boolean => label.test(text);

/** Every field that a body may have. Only its form is checked here, not whether the tool exists. */
const fields = v.object({
  tool: textLike(/^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/, 'the name of a tool'),
  input: v.exactOptional(v.custom<object>(isObject, must('an object'))),
  tenant: v.exactOptional(textLike(label, '1 to 100 letters, digits, _ . @ or -'), 'default'),
  version: v.exactOptional(
    textLike(versionForm, 'an image tag like "1.2.0", of letters, digits, . and -'),
  ),
  cpu: v.exactOptional(sizeLike('a whole number of CPU units (1024 are one vCPU)')),
  memoryMiB: v.exactOptional(sizeLike('a whole number of MiB')),
  timeout: v.exactOptional(
    timeLike(
      durationMsOf,
      timeoutMs,
      `a text with a length of time from ${durationText(timeoutMs.least)} to ${durationText(timeoutMs.most)}, like "90s" or "15m"`,
    ),
  ),
  notBefore: v.exactOptional(
    timeLike(rfc3339MsOf, times, 'a text with a time of RFC 3339, like "2026-12-01T06:00:00Z"'),
  ),
  group: v.exactOptional(textLike(label, '1 to 100 letters, digits, _ . @ or -')),
});

/**
 * Reads the body of a task message: a JSON object with `tool` and, optionally, `input`, `tenant`, `version`, `cpu`,
 * `memoryMiB`, `timeout`, `notBefore` and `group`. Any other field is a fault: a publisher would rely on a field that Davit ignores.
 */
export const readRequest = (body: Uint8Array, contentEncoding?: string): ReadRequest => {
  const refused = (why: string): ReadRequest => ({
    ok: false,
    reason: `The body ${why}. ${remedy}`,
  });
  if (body.byteLength === 0) {
    return refused('is empty, and must be a JSON object like {"tool":"echo","input":{}}');
  }
  const parsed = parseJson(body);
  if (!parsed.ok) {
    return refused(`must be a JSON object, but ${parsed.why}${encodingRemark(contentEncoding)}`);
  }
  // The same value with JavaScript's numbers, for the checks only. The input keeps its digits.
  const plain: unknown = JSON.parse(writeJson(parsed.value));
  if (!isObject(plain) || !isObject(parsed.value)) {
    return refused(`must be a JSON object, but is ${shown(plain)}`);
  }
  const fault = unknownFields(plain) ?? faultOf(plain);
  if (fault !== undefined) {
    return refused(fault);
  }
  const { input: _input, timeout, notBefore, ...rest } = v.parse(fields, plain);
  const input = writeJson(parsed.value.input ?? {});
  return { ok: true, request: { ...rest, ...present({ timeoutMs: timeout, notBefore }), input } };
};

const known = Object.keys(fields.entries);

const unknownFields = (body: object): string | undefined => {
  const names = Object.keys(body).filter((name) => !known.includes(name));
  const first = names.slice(0, 3).map(shown).join(', ');
  return names.length === 0
    ? undefined
    : `has ${names.length === 1 ? 'a field' : `${names.length} fields`} that Davit does not know: ${first}${names.length > 3 ? ', …' : ''}. A body may have ${known.join(', ')}`;
};

const faultOf = (body: object): string | undefined => {
  if (!('tool' in body)) {
    return 'must have "tool", the name of the tool that is to run, but has none';
  }
  const checked = v.safeParse(fields, body, { abortEarly: true });
  const issue = checked.issues?.[0];
  return issue === undefined
    ? undefined
    : `is wrong in one field: "${v.getDotPath(issue)}" ${issue.message}`;
};
