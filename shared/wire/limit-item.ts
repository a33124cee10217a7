import * as v from 'valibot';
import type { Limit, NamedRun, PlacedRun, SuspectRun } from '../core/limit.ts';
import { present } from '../core/present.ts';
import { runName, runNamed } from '../core/run-name.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { listIn, wholeIn } from './bounded.ts';
import { counted, times, toolRanges } from './ranges.ts';
import { firstIssue, iso, storedTime } from './stored-time.ts';

const most = { least: 0, most: 2_000 };

/** `<key><tenant>`: twenty hex digits. */
const placedText = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{20}$/),
  v.transform((text): PlacedRun => ({ key: text.slice(0, 12), tenant: text.slice(12) })),
);

const states = { r: 'reserved', l: 'leaving', f: 'found' } as const;

const timeIn = (base36: string): number | undefined => {
  const at = Number.parseInt(base36, 36);
  return at >= times.least && at <= times.most ? at : undefined;
};

const namedIn = (text: string): NamedRun | undefined => {
  const match = /^([rlf])([0-9a-z]{1,9}) ([0-9a-f]{12})([0-9a-f]{8}) (\S+)$/.exec(text);
  const [, letter, base36 = '', key = '', tenant = '', name] = match ?? [];
  const run = runNamed(name);
  const since = timeIn(base36);
  const state = letter === 'r' || letter === 'l' || letter === 'f' ? states[letter] : undefined;
  return run && since !== undefined && state ? { ...run, key, tenant, state, since } : undefined;
};

const suspectIn = (text: string): SuspectRun | undefined => {
  const match = /^([0-9a-f]{12}) ([0-9a-z]{1,9})$/.exec(text);
  const since = timeIn(match?.[2] ?? '');
  return match?.[1] && since !== undefined ? { key: match[1], since } : undefined;
};

const readBy = <Value>(read: (text: string) => Value | undefined, expected: string) =>
  v.pipe(
    v.string(),
    v.rawTransform<string, Value>(({ dataset, addIssue, NEVER }) => {
      const value = read(dataset.value);
      if (value !== undefined) return value;
      addIssue({ message: `expected ${expected}` });
      return NEVER;
    }),
  );

const schema = v.object({
  taskId: v.pipe(v.string(), v.startsWith('#')),
  revision: wholeIn(counted),
  maxRunning: wholeIn(toolRanges.running),
  maxPerTenant: v.exactOptional(wholeIn(toolRanges.running)),
  openedAt: storedTime,
  checkedAt: v.exactOptional(storedTime),
  waitsSince: v.exactOptional(storedTime),
  readUpTo: v.exactOptional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(128))),
  placedRuns: listIn(placedText, most),
  namedRuns: listIn(readBy(namedIn, 'a run with its place'), most),
  unlisted: wholeIn(counted),
  suspects: listIn(readBy(suspectIn, 'a run that was not found'), most),
});

/** The attributes of a limit that may be absent: a write without one of them removes it. */
export const optionalOfLimit = ['maxPerTenant', 'checkedAt', 'waitsSince', 'readUpTo'] as const;

/** The attributes of the item `#limit/<tool>`, without its key. None is a reserved word of DynamoDB. */
export const limitFields = (limit: Limit): Record<string, unknown> => ({
  revision: limit.revision,
  maxRunning: limit.maxRunning,
  openedAt: iso(limit.openedAt),
  placedRuns: limit.placed.map(({ key, tenant }) => `${key}${tenant}`),
  namedRuns: limit.named.map(namedText),
  unlisted: limit.unlisted,
  suspects: limit.suspects.map(({ key, since }) => `${key} ${since.toString(36)}`),
  ...present({
    maxPerTenant: limit.maxPerTenant,
    readUpTo: limit.readUpTo,
    checkedAt: limit.checkedAt === undefined ? undefined : iso(limit.checkedAt),
    waitsSince: limit.waitsSince === undefined ? undefined : iso(limit.waitsSince),
  }),
});

/** The limit in an item `#limit/<tool>`. Throws UnreadableRow when this version of Davit cannot read it. */
export const limitIn = (fields: Readonly<Record<string, unknown>>): Limit => {
  const read = v.safeParse(schema, fields);
  if (!read.success)
    throw new UnreadableRow(
      `Item ${String(fields.taskId)} cannot be read: ${firstIssue(read.issues)}. Was it edited by hand, or written by a newer Davit? Delete it: at the next end of a run, or with the next task of the tool, it is made again, and then the sweep counts the runs`,
    );
  const { taskId, placedRuns: placed, namedRuns: named, ...rest } = read.output;
  return { ...rest, name: taskId.slice(1), placed, named };
};

const namedText = ({ state, since, key, tenant, taskId, run }: NamedRun): string =>
  `${state.charAt(0)}${since.toString(36)} ${key}${tenant} ${runName(taskId, run)}`;
