import * as v from 'valibot';
import type { Limit, NamedRun, PlacedRun, SuspectRun, ToolQueue } from '../core/limit.ts';
import { toolOfLimit } from '../core/limit-name.ts';
import { present } from '../core/present.ts';
import { runName, runNamed } from '../core/run-name.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { listIn, wholeIn } from './bounded.ts';
import { counted, times, toolRanges } from './ranges.ts';
import { firstIssue, iso, storedTime } from './stored-time.ts';

const most = { least: 0, most: 2_000 };

/** `<key><tenant>`: twenty hex digits; of the stage also the number of the tool among its tools, in base 36. */
const placedText = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{20}[0-9a-z]{0,3}$/),
  v.transform((text) => ({
    key: text.slice(0, 12),
    tenant: text.slice(12, 20),
    at: text.slice(20),
  })),
);

/** A run before the number of its tool was looked up. */
type Untooled<Run extends { readonly tool: string }> = Omit<Run, 'tool'> & { readonly at: string };

const states = { r: 'reserved', l: 'leaving', f: 'found' } as const;

const timeIn = (base36: string): number | undefined => {
  const at = Number.parseInt(base36, 36);
  return at >= times.least && at <= times.most ? at : undefined;
};

const namedIn = (text: string): Untooled<NamedRun> | undefined => {
  const match =
    /^([rlf])([0-9a-z]{1,9}) ([0-9a-f]{12})([0-9a-f]{8}) (\S+)(?: ([0-9a-z]{1,3}))?$/.exec(text);
  const [, letter, base36 = '', key = '', tenant = '', name, at = ''] = match ?? [];
  const run = runNamed(name);
  const since = timeIn(base36);
  const state = letter === 'r' || letter === 'l' || letter === 'f' ? states[letter] : undefined;
  return run && since !== undefined && state
    ? { ...run, key, tenant, state, since, at }
    : undefined;
};

const suspectIn = (text: string): SuspectRun | undefined => {
  const match = /^([0-9a-f]{12}) ([0-9a-z]{1,9})$/.exec(text);
  const since = timeIn(match?.[2] ?? '');
  return match?.[1] && since !== undefined ? { key: match[1], since } : undefined;
};

/** `<tool> <maxRunning> <maxPerTenant> <waitsSince> <readUpTo>`, with `-` for what it does not have; `held` follows where it is. */
const queueIn = (text: string): ToolQueue | undefined => {
  const match = /^(\S+) (\d{1,4}|-) (\d{1,4}|-) ([0-9a-z]{1,9}|-) (\S{1,128})( held)?$/.exec(text);
  const [, tool, running = '-', ofTenant = '-', marked = '-', tenant = '-', held] = match ?? [];
  const waitsSince = marked === '-' ? undefined : timeIn(marked);
  if (tool === undefined || (marked !== '-' && waitsSince === undefined)) return undefined;
  const numberIn = (digits: string) => (digits === '-' ? undefined : Number(digits));
  const readUpTo = tenant === '-' ? undefined : tenant;
  const terms = { maxRunning: numberIn(running), maxPerTenant: numberIn(ofTenant) };
  const queue = { tool, ...present({ ...terms, waitsSince, readUpTo }) };
  return held === undefined ? queue : { ...queue, isHeld: true };
};

const queueText = ({ tool, isHeld, ...queue }: ToolQueue): string =>
  [
    tool,
    queue.maxRunning ?? '-',
    queue.maxPerTenant ?? '-',
    queue.waitsSince?.toString(36) ?? '-',
    queue.readUpTo ?? '-',
    ...(isHeld ? ['held'] : []),
  ].join(' ');

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
  tools: v.exactOptional(listIn(readBy(queueIn, 'a tool and what it may have'), most)),
});

/** The attributes of a limit that may be absent: a write without one of them removes it. */
export const optionalOfLimit = [
  'maxPerTenant',
  'checkedAt',
  'waitsSince',
  'readUpTo',
  'tools',
] as const;

/** The attributes of the item `#limit/<tool>` or `#stage`, without its key. None is a reserved word of DynamoDB. */
export const limitFields = (limit: Limit): Record<string, unknown> =>
  fieldsOf(limit, limit.tools === undefined ? undefined : toolsWithRuns(limit, limit.tools));

const fieldsOf = (
  limit: Limit,
  tools: readonly ToolQueue[] | undefined,
): Record<string, unknown> => ({
  revision: limit.revision,
  maxRunning: limit.maxRunning,
  openedAt: iso(limit.openedAt),
  placedRuns: limit.placed.map((run) => `${run.key}${run.tenant}${numberOf(run, tools)}`),
  namedRuns: limit.named.map((run) => `${namedText(run)} ${numberOf(run, tools)}`.trimEnd()),
  unlisted: limit.unlisted,
  suspects: limit.suspects.map(({ key, since }) => `${key} ${since.toString(36)}`),
  ...present({
    maxPerTenant: limit.maxPerTenant,
    readUpTo: limit.readUpTo,
    checkedAt: limit.checkedAt === undefined ? undefined : iso(limit.checkedAt),
    waitsSince: limit.waitsSince === undefined ? undefined : iso(limit.waitsSince),
    tools: tools?.map(queueText),
  }),
});

/** Every run in the item has its tool in the list. */
const toolsWithRuns = (limit: Limit, tools: readonly ToolQueue[]): readonly ToolQueue[] => {
  const known = new Set(tools.map(({ tool }) => tool));
  const missing = [...limit.placed, ...limit.named]
    .map(({ tool }) => tool)
    .filter((tool) => !known.has(tool));
  return [...tools, ...[...new Set(missing)].map((tool) => ({ tool }))];
};

const numberOf = ({ tool }: PlacedRun, tools: readonly ToolQueue[] | undefined): string =>
  tools === undefined ? '' : tools.findIndex((one) => one.tool === tool).toString(36);

/** The limit in an item `#limit/<tool>` or `#stage`. Throws UnreadableRow when this version of Davit cannot read it. */
export const limitIn = (fields: Readonly<Record<string, unknown>>): Limit => {
  const read = v.safeParse(schema, fields);
  if (!read.success)
    throw new UnreadableRow(
      `Item ${String(fields.taskId)} cannot be read: ${firstIssue(read.issues)}. Was it edited by hand, or written by a newer Davit? Delete it: at the next end of a run, or with the next task of the tool, it is made again, and then the sweep counts the runs`,
    );
  const { taskId, placedRuns, namedRuns, ...rest } = read.output;
  const name = taskId.slice(1);
  const toolAt = (at: string): string =>
    rest.tools?.[Number.parseInt(at, 36)]?.tool ?? toolOfLimit(name) ?? '';
  const withTool = <Run extends { readonly at: string }>({ at, ...run }: Run) => ({
    ...run,
    tool: toolAt(at),
  });
  return { ...rest, name, placed: placedRuns.map(withTool), named: namedRuns.map(withTool) };
};

const namedText = ({ state, since, key, tenant, taskId, run }: NamedRun): string =>
  `${state.charAt(0)}${since.toString(36)} ${key}${tenant} ${runName(taskId, run)}`;
