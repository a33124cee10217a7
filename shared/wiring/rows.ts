import { randomUUID } from 'node:crypto';
import { eventBus } from '../aws/bus.ts';
import { gateItems } from '../aws/gate-items.ts';
import { limitItems } from '../aws/limit-items.ts';
import { ecsRuns } from '../aws/runs.ts';
import { tasksTable } from '../aws/tasks.ts';
import { versionItems } from '../aws/version-items.ts';
import { configOf, rowsIn } from '../config.ts';
import { familiesOf } from '../core/family.ts';
import { callPaceOf, readRate, stopRate } from '../flows/call-pace.ts';
import type { CarryOutPorts } from '../flows/carry-out.ts';
import { gatedTasks } from '../flows/gated-tasks.ts';
import { paceOf } from '../flows/pace.ts';
import { placesOf } from '../flows/places.ts';
import { log } from '../log.ts';
import { meter } from '../metrics.ts';
import { once } from '../once.ts';
import type { Gates } from '../ports.ts';
import { sha256 } from '../wire/sha256.ts';
import { brokerOf } from './broker.ts';
import { dynamodb, ecs, eventBridge } from './clients.ts';
import { clock } from './clock.ts';
import { sourceOf } from './source.ts';

/** The configuration of a function that moves rows. */
export const rowsConfig = /* @__PURE__ */ once(() => configOf(rowsIn));

/** For `settle`, and for the messages of `davit.dropped` that `control` takes over: what it takes to apply a fact to a row and carry out what follows. */
export const carryOutPorts = (signal: AbortSignal): CarryOutPorts =>
  carryOutPortsOf(rowsConfig(), signal);

/** The same, for a function that has read its configuration together with more. */
export const carryOutPortsOf = (
  { stage, table, cluster, bus, broker }: ReturnType<typeof rowsIn>,
  signal: AbortSignal,
  gates: Gates = gatesOf(table, signal),
): CarryOutPorts => {
  const tasks = gatedTasks(
    tasksTable({ client: dynamodb(), table, newId: randomUUID, meter, log, signal }),
    { gates, clock },
  );
  const rabbit = brokerOf(broker);
  const limits = limitItems({ client: dynamodb(), table, newId: randomUUID, signal });
  return {
    tasks,
    runs: ecsRuns({
      client: ecs(),
      cluster,
      families: familiesOf(stage),
      reads: reads(),
      stops: stops(),
      signal,
    }),
    broker: rabbit,
    versions: versionItems({ client: dynamodb(), table, signal }),
    bus: eventBus({ client: eventBridge(), bus, source: sourceOf(stage), signal }),
    places: placesOf({ limits, tasks, broker: rabbit, sha256, log, clock }),
    meter,
    log,
    clock,
  };
};

/** What rows wait for together. */
export const gatesOf = (table: string, signal: AbortSignal): Gates =>
  gateItems({ client: dynamodb(), table, now: clock.now, signal });

/** For `settle`: the beginning of the names of this stage's task definition families. */
export const ownFamilies = (): string => familiesOf(rowsConfig().stage);

/** For `dispatch` and `sweep`: ECS launches twenty containers a second in an account and region (ECS, request throttling). */
export const launchPace = /* @__PURE__ */ once(() => paceOf(clock, 20));

const reads = /* @__PURE__ */ once(() => callPaceOf(clock, readRate));
/** How fast the StopTask calls of this function may follow each other. */
export const stops = /* @__PURE__ */ once(() => callPaceOf(clock, stopRate));
