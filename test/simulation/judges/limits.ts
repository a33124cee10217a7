import type { ToolSpec } from '../../../shared/core/tool.ts';
import { type Container, nameOf } from '../container.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Item, Watchers } from '../watchers.ts';
import { describe, hasEnded, type Row, rowIn } from './item.ts';
import { keepsPlace } from './limit-item.ts';
import { Violation } from './violation.ts';

const minute = 60_000;
/** A free place is handed out at once, and after a crash by the sweep: the sweeps of six minutes are enough. */
const idleMs = 6 * minute;

interface LimitedRow {
  readonly row: Row;
  readonly tenant: string;
  readonly hasPlace: boolean;
}

/** Judges limits by the containers that really live (invariant 9), and that no place stays free while somebody waits. */
export const judgeLimits = (worldOf: () => LiveWorld) => {
  // A restored table has not seen what was launched since.
  let isRestored = false;
  /** Since when a place of a tool is free while a task waits for it. */
  const idleSince = new Map<string, number>();

  const rowsOf = (tool: string): readonly LimitedRow[] =>
    worldOf()
      .cloud.items()
      .flatMap((item) => {
        const row = rowIn(item);
        return row?.tool === tool ? [limitedRow(row, item)] : [];
      });

  const judgeStart = (container: Container): void => {
    const spec = specOf(worldOf(), container.tool);
    if (spec?.maxRunning === undefined || isRestored) return;
    const living = livingOf(worldOf(), container.tool);
    // A release that knows no limits has launched one of them.
    if (living.some(({ hasPlace }) => !hasPlace)) return;
    const own = living.find(({ row }) => row.taskId === container.taskId);
    if (own === undefined || own.row.run !== container.run) return;
    judgeCount(container, { spec, living, tenant: own.tenant });
  };

  const judgeIdle = (name: string, spec: ToolSpec): void => {
    const { timeline, cloud } = worldOf();
    const rows = rowsOf(name);
    const item = cloud.itemOf(`#limit/${name}`);
    const current = rows.filter(({ row }) => isCurrent(row) || keepsPlace(worldOf(), item, row));
    const waits = rows.find(
      ({ row, tenant }) =>
        row.phase === 'QUEUED' &&
        row.heldBy === `limit/${name}` &&
        !cloud.isSpoilt(row.taskId) &&
        !isFull(spec, current, tenant),
    );
    if (waits === undefined) {
      idleSince.delete(name);
      return;
    }
    const since = idleSince.get(name) ?? timeline.now();
    idleSince.set(name, since);
    if (timeline.now() - since > idleMs)
      throw new Violation(
        'idle place',
        `${describe(waits.row)} waits for a place since more than ${idleMs / minute} min, and only ${current.length} of ${spec.maxRunning} are taken`,
      );
  };

  return {
    started: judgeStart,
    written: judgeWrite,
    forget: (): void => {
      isRestored = true;
    },
    /** Called each minute. */
    eachMinute: (): void => {
      const world = worldOf();
      if (world.timeline.now() < world.plan.calmAt + 5 * minute) return;
      for (const { name, spec } of world.plan.tools)
        if (spec.maxRunning !== undefined) judgeIdle(name, spec);
    },
  };
};

/** Who writes the item of a limit has read the last one: else a place that was given or freed in between is as before. */
const judgeWrite: Watchers['written'] = (before, after) => {
  const name = after.taskId?.S ?? '';
  if (before === undefined || !/^#(limit\/|stage$)/.test(name)) return;
  const [was, is] = [Number(before.revision?.N), Number(after.revision?.N)];
  if (is !== was + 1)
    throw new Violation(
      'limit',
      `${name} was written at revision ${is}, and it was at ${was}: what another function has written is lost`,
    );
};

interface Counted {
  readonly spec: ToolSpec;
  readonly living: readonly LimitedRow[];
  readonly tenant: string;
}

const judgeCount = (container: Container, { spec, living, tenant }: Counted): void => {
  const { maxRunning = 0, maxPerTenant = maxRunning } = spec;
  const names = living.map(({ row }) => `${row.taskId}/${row.run}`).join(', ');
  if (living.length > maxRunning)
    throw new Violation(
      'limit',
      `container ${nameOf(container)} started, and ${living.length} of ${container.tool} live where ${maxRunning} may: ${names}`,
    );
  const own = living.filter((one) => one.tenant === tenant);
  if (own.length > maxPerTenant)
    throw new Violation(
      'limit',
      `container ${nameOf(container)} started, and ${own.length} of tenant ${tenant} live where ${maxPerTenant} may: ${names}`,
    );
};

const isFull = (spec: ToolSpec, current: readonly LimitedRow[], tenant: string): boolean => {
  const { maxRunning = 0, maxPerTenant = maxRunning } = spec;
  return (
    current.length >= maxRunning ||
    current.filter((one) => one.tenant === tenant).length >= maxPerTenant
  );
};

const specOf = ({ plan }: LiveWorld, tool: string): ToolSpec | undefined =>
  plan.tools.find(({ name }) => name === tool)?.spec;

const limitedRow = (row: Row, item: Item): LimitedRow => ({
  row,
  tenant: item.tenant?.S ?? '',
  hasPlace: item.place !== undefined,
});

const isCurrent = (row: Row): boolean => !hasEnded(row) && row.phase !== 'QUEUED';

/** The rows whose current run has a living container. */
const livingOf = ({ cloud }: LiveWorld, tool: string): readonly LimitedRow[] =>
  cloud.containers.living().flatMap((container) => {
    if (container.tool !== tool) return [];
    const item = cloud.itemOf(container.taskId);
    const row = item && rowIn(item);
    if (item === undefined || row === undefined || row.run !== container.run) return [];
    return isCurrent(row) ? [limitedRow(row, item)] : [];
  });
