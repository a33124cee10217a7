import { fieldsOf, listOf } from '../fields.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Item, Watchers } from '../watchers.ts';
import { describe, rowIn } from './item.ts';
import { Violation } from './violation.ts';

/** How far the clock of a function may be from that of the world, twice. */
const skewMs = 6_000;

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000 };

/** Judges that a task gets what its own message asks for: its time, its timeout and its size. */
export const judgeOwnTerms = (
  worldOf: () => LiveWorld,
): Pick<Watchers, 'launched' | 'written'> => ({
  launched: (input) => {
    const { startedBy, overrides } = fieldsOf(input);
    const [taskId = ''] = String(startedBy).split('/');
    const asked = askedIn(worldOf().cloud.itemOf(taskId));
    if (asked === undefined) return;
    const now = worldOf().timeline.now();
    if (asked.notBefore !== undefined && now < asked.notBefore - skewMs)
      throw new Violation(
        'not before',
        `RunTask was called for ${startedBy} ${asked.notBefore - now} ms before the notBefore of its message`,
      );
    judgeTimeout(String(startedBy), asked, fieldsOf(overrides));
    judgeSize(String(startedBy), asked, fieldsOf(overrides));
  },
  written: (_before, item) => {
    const row = rowIn(item);
    const timeoutMs = askedIn(item)?.timeoutMs;
    if (row?.phase !== 'RUNNING' || row.hasStopping || timeoutMs === undefined) return;
    const latest = Math.max(
      Date.parse(row.startedAt ?? '') + timeoutMs,
      Date.parse(item.deferredUntil?.S ?? '') || 0,
    );
    if (Date.parse(row.dueAt ?? '') > latest)
      throw new Violation(
        'own timeout',
        `${describe(row)} is due at ${row.dueAt}, and its message asks for ${timeoutMs} ms from ${row.startedAt} on`,
      );
  },
});

interface Asked {
  readonly notBefore: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly cpu: unknown;
  readonly memoryMiB: unknown;
}

/** What the body of the row's message asks for, read without the code that is judged. */
const askedIn = (item: Item | undefined): Asked | undefined => {
  const body = item?.payload?.B;
  if (body === undefined || item?.phase?.S === 'REJECTED') return undefined;
  const { notBefore, timeout, cpu, memoryMiB } = fieldsOf(jsonIn(body));
  const [, amount, unit = ''] = /^(\d+)([sm])$/.exec(String(timeout)) ?? [];
  return {
    notBefore: typeof notBefore === 'string' ? Date.parse(notBefore) : undefined,
    timeoutMs: amount === undefined ? undefined : Number(amount) * (unitMs[unit] ?? Number.NaN),
    cpu,
    memoryMiB,
  };
};

const jsonIn = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
};

const judgeTimeout = (
  startedBy: string,
  { timeoutMs }: Asked,
  overrides: Readonly<Record<string, unknown>>,
): void => {
  if (timeoutMs === undefined) return;
  const variables = listOf(overrides.containerOverrides)
    .flatMap((one) => listOf(fieldsOf(one).environment))
    .map(fieldsOf);
  const seconds = variables.find(({ name }) => name === 'DAVIT_TIMEOUT_S')?.value;
  if (seconds !== String(Math.ceil(timeoutMs / 1_000)))
    throw new Violation(
      'own timeout',
      `${startedBy} gets DAVIT_TIMEOUT_S=${seconds}, and its message asks for ${timeoutMs} ms`,
    );
};

/** A run that was out of memory may get twice as much. */
const judgeSize = (
  startedBy: string,
  { cpu, memoryMiB }: Asked,
  overrides: Readonly<Record<string, unknown>>,
): void => {
  if (cpu === undefined || memoryMiB === undefined) return;
  const isOwn =
    overrides.cpu === String(cpu) &&
    [Number(memoryMiB), 2 * Number(memoryMiB)].includes(Number(overrides.memory));
  if (!isOwn)
    throw new Violation(
      'own size',
      `${startedBy} gets ${overrides.cpu} CPU units and ${overrides.memory} MiB, and its message asks for ${cpu} and ${memoryMiB}`,
    );
};
