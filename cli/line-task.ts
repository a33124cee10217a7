import type { Submitting } from '../shared/core/control.ts';
import { notBeforeFault } from '../shared/core/not-before.ts';
import { isObject } from '../shared/core/object.ts';
import { parseJson, writeJson } from '../shared/wire/json.ts';
import { isTaskId, submissionOf } from '../shared/wire/message.ts';
import { shown } from '../shared/wire/shown.ts';
import { type Line, longestLine } from './lines.ts';

/** What the task message of a line has. */
export interface LineTask extends Submitting {
  readonly line: number;
  /** Of the body, as the row has it. */
  readonly digest: string;
}

/** What a line says: a task, the task of an earlier line, something wrong, or nothing. */
export type ReadLine =
  | { readonly kind: 'task'; readonly task: LineTask }
  | { readonly kind: 'again'; readonly line: number; readonly taskId: string }
  | { readonly kind: 'wrong'; readonly line: number; readonly why: string }
  | { readonly kind: 'blank' };

/** What all lines of a file share. */
export interface LineCommon {
  readonly tool: string;
  /** Fields of the body that a line need not have. A line's own fields are stronger. */
  readonly fields: object;
  readonly priority: number;
  readonly now: number;
}

/**
 * Reads the lines of a file one after the other. A line without an `id` gets one that follows from its body: the tool, and the
 * first 32 hex digits of the body's SHA-256. The second of two equal lines gets `-2` behind it, the third `-3`. So the same
 * file gives the same ids again.
 */
export const lineReader = (common: LineCommon): ((line: Line) => ReadLine) => {
  const nameFor = namer(common.tool);
  const given = new Map<string, Given>();

  return (line) => {
    const { number } = line;
    if (line.bytes.every(isSpace)) return { kind: 'blank' };
    const read = checkedIn(line, common);
    if ('why' in read) return { kind: 'wrong', line: number, why: read.why };
    const { id, priority, body, digest } = read;
    if (id === undefined)
      return {
        kind: 'task',
        task: { line: number, taskId: nameFor(digest), body, priority, digest },
      };
    const known = given.get(id);
    if (known !== undefined) return repeated(number, id, { known, digest });
    given.set(id, { line: number, digest });
    return { kind: 'task', task: { line: number, taskId: id, body, priority, digest } };
  };
};

interface Given {
  readonly line: number;
  readonly digest: string;
}

const namer = (tool: string): ((digest: string) => string) => {
  const times = new Map<string, number>();
  return (digest) => {
    const name = `${tool}-${digest.slice(0, 32)}`;
    const nth = (times.get(name) ?? 0) + 1;
    times.set(name, nth);
    return nth === 1 ? name : `${name}-${nth}`;
  };
};

const repeated = (
  line: number,
  taskId: string,
  { known, digest }: { readonly known: Given; readonly digest: string },
): ReadLine =>
  known.digest === digest
    ? { kind: 'again', line, taskId }
    : {
        kind: 'wrong',
        line,
        why: `its id ${shown(taskId)} belongs to line ${known.line}, which has another body`,
      };

type Checked =
  | {
      readonly id: string | undefined;
      readonly priority: number;
      readonly body: string;
      readonly digest: string;
    }
  | { readonly why: string };

/** The line as a message that dispatch would accept. */
const checkedIn = ({ bytes, isTooLong }: Line, common: LineCommon): Checked => {
  if (isTooLong) return { why: `the line has more than ${longestLine} bytes` };
  const read = fieldsIn(bytes, common);
  if ('why' in read) return read;
  const submission = submissionOf(read.id ?? 'any', new TextEncoder().encode(read.body));
  if ('reason' in submission) return { why: submission.reason };
  const far = notBeforeFault(submission.request, common.now);
  return far === undefined ? { ...read, digest: submission.digest } : { why: far };
};

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d;

type Fields =
  | { readonly id: string | undefined; readonly priority: number; readonly body: string }
  | { readonly why: string };

const fieldsIn = (bytes: Uint8Array, { tool, fields, priority }: LineCommon): Fields => {
  const parsed = parseJson(bytes);
  if (!parsed.ok) return { why: `a JSON object was expected, but the line ${parsed.why}` };
  const { value } = parsed;
  // A number that keeps its digits is an object, too.
  if (!isObject(value) || !isObject(plain(value)))
    return { why: `a JSON object was expected, but it is ${shown(plain(value))}` };
  const { id, priority: asked, ...own } = value;
  const [askedId, askedPriority, ownTool] = [plain(id), plain(asked), plain(own.tool)];
  if (askedId !== undefined && (typeof askedId !== 'string' || !isTaskId(askedId)))
    return { why: `"id" must be 1 to 100 letters, digits, _ or -, but is ${shown(askedId)}` };
  if (askedPriority !== undefined && !isPriority(askedPriority))
    return { why: `"priority" must be a whole number from 0 to 9, but is ${shown(askedPriority)}` };
  if (ownTool !== undefined && ownTool !== tool)
    return { why: `"tool" is ${shown(ownTool)}, but this command submits tasks for "${tool}"` };
  return {
    id: askedId,
    priority: askedPriority ?? priority,
    body: writeJson({ tool, ...fields, ...own }),
  };
};

const isPriority = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 9;

/** A value with JavaScript's numbers. */
const plain = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(writeJson(value));
