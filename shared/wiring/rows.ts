import { randomUUID } from 'node:crypto';
import { eventBus } from '../aws/bus.ts';
import { ecsRuns } from '../aws/runs.ts';
import { tasksTable } from '../aws/tasks.ts';
import { versionItems } from '../aws/version-items.ts';
import { configOf, rowsIn } from '../config.ts';
import { familiesOf } from '../core/family.ts';
import { callPaceOf, readRate, stopRate } from '../flows/call-pace.ts';
import type { CarryOutPorts } from '../flows/carry-out.ts';
import { paceOf } from '../flows/pace.ts';
import { log } from '../log.ts';
import { meter } from '../metrics.ts';
import { once } from '../once.ts';
import { brokerOf } from './broker.ts';
import { dynamodb, ecs, eventBridge } from './clients.ts';
import { clock } from './clock.ts';
import { sourceOf } from './source.ts';

export const rowsConfig = /* @__PURE__ */ once(() => configOf(rowsIn));

/** For `settle`, and for the messages of `davit.dropped` that `control` takes over: what it takes to apply a fact to a row and carry out what follows. */
export const carryOutPorts = (signal: AbortSignal): CarryOutPorts =>
  carryOutPortsOf(rowsConfig(), signal);

/** The same, for a function that has read its configuration together with more. */
export const carryOutPortsOf = (
  { stage, table, cluster, bus, broker }: ReturnType<typeof rowsIn>,
  signal: AbortSignal,
): CarryOutPorts => ({
  tasks: tasksTable({ client: dynamodb(), table, newId: randomUUID, meter, log, signal }),
  runs: ecsRuns({
    client: ecs(),
    cluster,
    families: familiesOf(stage),
    reads: reads(),
    stops: stops(),
    signal,
  }),
  broker: brokerOf(broker),
  versions: versionItems({ client: dynamodb(), table, signal }),
  bus: eventBus({ client: eventBridge(), bus, source: sourceOf(stage), signal }),
  meter,
  log,
  clock,
});

/** For `settle`: the beginning of the names of this stage's task definition families. */
export const ownFamilies = (): string => familiesOf(rowsConfig().stage);

/** For `dispatch` and `sweep`: ECS launches twenty containers a second in an account and region (ECS, request throttling). */
export const launchPace = /* @__PURE__ */ once(() => paceOf(clock, 20));

const reads = /* @__PURE__ */ once(() => callPaceOf(clock, readRate));
const stops = /* @__PURE__ */ once(() => callPaceOf(clock, stopRate));
