import type { Limit, NamedRun } from '../core/limit.ts';
import { holdAt, limitOfHold } from '../core/limit-name.ts';
import type { Queued } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import { advance } from './advance.ts';
import { isQueueShort } from './lost-doorbells.ts';
import { rowsOf } from './rows-of-runs.ts';
import type { SendPorts } from './send-order.ts';

/** A place that was reserved for so long has a doorbell that was lost, or a launch that ended half way. */
const reservedMs = 60_000;

/** Goes on with places that were reserved, and neither used nor given up: a doorbell was lost, or a function ended half way. */
export const bringBack = async (ports: SendPorts, limit: Limit): Promise<void> => {
  const old = limit.named.filter(
    ({ state, since }) =>
      state === 'leaving' || (state === 'reserved' && since <= ports.clock.now() - reservedMs),
  );
  if (old.length === 0) return;
  const mayRing = await isQueueShort(ports);
  for (const { run, row } of await rowsOf(ports, old)) {
    if (row === undefined || row.run !== run.run || isEnded(row)) continue;
    if (row.phase === 'QUEUED') await bringBackQueued(ports, limit, { run, row, mayRing });
    else await ports.places.confirm(limit.name, row);
  }
};

const bringBackQueued = async (
  ports: SendPorts,
  limit: Limit,
  {
    run,
    row,
    mayRing,
  }: { readonly run: NamedRun; readonly row: Queued; readonly mayRing: boolean },
): Promise<void> => {
  const isElsewhere = row.hold !== undefined && limitOfHold(row.hold.by)?.name !== limit.name;
  if (run.state === 'leaving' || isElsewhere) await takeBack(ports, limit, run);
  else if (mayRing) await ports.broker.ring(run.taskId, run.run);
};

/** The row is written between the two changes of the limit: a function that still means to launch the run loses that race. */
const takeBack = async (ports: SendPorts, { name }: Limit, run: NamedRun): Promise<void> => {
  const row = await ports.tasks.read(run.taskId);
  if (row?.phase !== 'QUEUED' || row.run !== run.run) return;
  const at = await ports.places.giveUp(name, row);
  if (at === undefined) return;
  const now = ports.clock.now();
  const hold = row.hold ?? {
    by: holdAt(name, row.tool),
    why: 'its place was not used in time',
    since: now,
  };
  const fact = { kind: 'held', run: row.run, hold: { ...hold, since: now } } as const;
  const advanced = await advance(ports, row, fact);
  if (advanced.kind === 'moved') await ports.places.leave(name, row, { at, to: 'none' });
};
