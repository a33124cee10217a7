import type { LaunchOrder } from '../../shared/core/launch-order.ts';
import type { Running } from '../../shared/core/task.ts';
import type { Release } from '../../shared/core/tool.ts';
import { callPaceOf, readRate, stopRate } from '../../shared/flows/call-pace.ts';
import type { LaunchPorts } from '../../shared/flows/decide-launch.ts';
import { dispatchAll } from '../../shared/flows/dispatch.ts';
import { paceOf } from '../../shared/flows/pace.ts';
import { placesOf } from '../../shared/flows/places.ts';
import { type SweepPorts, sweep } from '../../shared/flows/sweep.ts';
import type { CallPace } from '../../shared/ports/call-pace.ts';
import type { Limits } from '../../shared/ports/limits.ts';
import type { Metric } from '../../shared/ports/metric.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import type { Broker, Gates, Sent } from '../../shared/ports.ts';
import { deliveryOf, requestOf } from '../../shared/wire/message.ts';
import { defaultReplyPrefix } from '../../shared/wire/reply-address.ts';
import { releaseNamed, sha256 } from '../../test/kit/facts.ts';
import { samples } from '../../test/kit/samples.ts';
import { cluster, definitionSite, site } from '../../test/kit/site.ts';
import { memoryClock } from '../../test/memory/clock.ts';
import { memoryPlace } from '../../test/memory/place.ts';
import { memoryRuns } from '../../test/memory/runs.ts';
import { memoryTools } from '../../test/memory/tools.ts';
import { memoryVersions } from '../../test/memory/versions.ts';
import { slow } from './slow.ts';
import { benchTable } from './table.ts';

/** The milliseconds of each call: assumed, not measured. A page of the index has a thousand rows. */
const tableMs = { read: 5, create: 10, save: 10, due: 50, inPhase: 50 };
const ecsMs = { launch: 200, describe: 150, list: 150, traces: 150, stop: 100 };
const brokerMs = 5;

const hour = 3_600_000;
/** The timeout of a run in this benchmark. */
export const timeoutMs = 12 * hour;

/** No row of this benchmark is held. */
const noGates: Gates = {
  touch: async () => {},
  due: async () => [],
  named: async () => [],
  waiters: async () => ({ taskIds: [] }),
  closure: async () => undefined,
  saveClosure: async () => true,
  looked: async () => {},
  retire: async () => {},
};

const sent: Sent = { kind: 'sent' };

/** The flows in virtual time over the model of ECS with its request rates. No event of ECS ever arrives. */
export const benchWorld = () => {
  const clock = memoryClock();
  const tasks = benchTable();
  const tools = memoryTools();
  const counts = new Map<string, number>();
  const count = (name: string, amount = 1): void =>
    void counts.set(name, (counts.get(name) ?? 0) + amount);
  const counting = (name: string, pace: CallPace): CallPace => ({
    next: () => {
      count(name);
      return pace.next();
    },
    slowDown: () => {
      count(`${name} refused`);
      pace.slowDown();
    },
  });
  const runs = memoryRuns({
    clock,
    reads: counting('reads', callPaceOf(clock, readRate)),
    stops: counting('stops', callPaceOf(clock, stopRate)),
  });
  /** When each ECS task was first asked to stop. */
  const stoppedAt = new Map<string, number>();
  const watched: Runs = {
    ...runs,
    stop: async (arn, why) => {
      await runs.stop(arn, why);
      if (!stoppedAt.has(arn)) stoppedAt.set(arn, clock.now());
    },
  };
  const succeed = async (): Promise<Sent> => sent;
  const broker: Broker = {
    ring: succeed,
    bury: succeed,
    announce: succeed,
    reply: succeed,
    answer: succeed,
    submit: succeed,
    backlog: async () => 0,
    doorbells: async () => 0,
  };
  const limits: Limits = {
    read: async () => undefined,
    save: async () => true,
    remove: async () => true,
    names: async () => [],
    waiting: async () => undefined,
  };
  const brokerLatencies = { ring: brokerMs, bury: brokerMs, announce: brokerMs, reply: brokerMs };
  const ports: LaunchPorts & SweepPorts = {
    tasks: slow(tasks, clock, tableMs),
    tools,
    runs: slow(watched, clock, ecsMs),
    broker: slow(broker, clock, brokerLatencies),
    bus: slow({ put: succeed, putBroken: succeed }, clock, { put: 20 }),
    limits,
    places: placesOf({ limits, tasks, broker, sha256, log: () => {}, clock }),
    gates: noGates,
    versions: slow(memoryVersions(), clock, tableMs),
    place: slow(memoryPlace(), clock, tableMs),
    clock,
    site,
    requestOf,
    sha256,
    pace: paceOf(clock, 20),
    stage: definitionSite.stage,
    meter: (name: Metric, amount = 1) => count(name, amount),
    log: () => {},
  };
  const release = (): Release => {
    const named = releaseNamed('1.0.0', { timeoutMs, placements: ['cpu'] });
    return { ...named, definitions: { fargate: runs.register(named) } };
  };
  const live = release();
  tools.set('echo', { spec: live.spec, live });

  /** Makes a run in ECS and its row, as if it had started `startedMsAgo` before now. */
  const running = async (taskId: string, startedMsAgo: number): Promise<Running> => {
    const answer = await runs.launch(orderOf(taskId, live, clock.now()));
    if (answer.kind !== 'accepted') throw new Error(`The model of ECS answered ${answer.kind}`);
    const sample = samples.RUNNING;
    if (sample.phase !== 'RUNNING') throw new Error(`The sample is ${sample.phase}`);
    const at = clock.now();
    const task: Running = {
      ...sample,
      taskId,
      release: live,
      ecsTaskArn: answer.ecsTaskArn,
      createdAt: at,
      queuedAt: at,
      updatedAt: at,
      startedAt: at - startedMsAgo,
      outbox: [],
    };
    tasks.put(task);
    return task;
  };

  /** This number of new messages, as one batch. */
  const dispatch = (ids: readonly string[]): Promise<unknown> => {
    const body = new TextEncoder().encode('{"tool":"echo","input":{}}');
    return dispatchAll(
      ids.map((id) => deliveryOf({ id, body, replyTo: 'reply.web' }, defaultReplyPrefix)),
      ports,
    );
  };

  return {
    clock,
    tasks,
    runs,
    stoppedAt,
    running,
    dispatch,
    sweep: () => sweep(ports),
    count: (name: string) => counts.get(name) ?? 0,
  };
};

export type BenchWorld = ReturnType<typeof benchWorld>;

const orderOf = (taskId: string, release: Release, now: number): LaunchOrder => ({
  cluster,
  taskDefinition: release.definitions.fargate ?? '',
  capacityProvider: 'FARGATE',
  subnets: site.subnets,
  securityGroups: site.securityGroups,
  assignPublicIp: false,
  environment: { DAVIT_TASK_ID: taskId },
  startedBy: `${taskId}/1`,
  clientToken: taskId,
  intendedAt: now,
});
