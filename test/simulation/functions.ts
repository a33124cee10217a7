import { createHash } from 'node:crypto';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ECRClient } from '@aws-sdk/client-ecr';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { eventBus, refusalsBus } from '../../shared/aws/bus.ts';
import { comparisonPlaces } from '../../shared/aws/comparison-place.ts';
import * as gateModule from '../../shared/aws/gate-items.ts';
import * as limitModule from '../../shared/aws/limit-items.ts';
import { logEnds } from '../../shared/aws/log-ends.ts';
import { ownedRuns } from '../../shared/aws/owned-runs.ts';
import { awsReleases } from '../../shared/aws/releases.ts';
import { runLinesTable } from '../../shared/aws/run-lines.ts';
import { ecsRuns } from '../../shared/aws/runs.ts';
import { tasksTable } from '../../shared/aws/tasks.ts';
import { ssmTools, type ToolsCache } from '../../shared/aws/tools.ts';
import { versionItems } from '../../shared/aws/version-items.ts';
import type { FactOf } from '../../shared/core/fact.ts';
import type { OwnedRun } from '../../shared/core/spoken-notice.ts';
import { advance } from '../../shared/flows/advance.ts';
import { callPaceOf, readRate, stopRate } from '../../shared/flows/call-pace.ts';
import { type CarryOutPorts, carryOut } from '../../shared/flows/carry-out.ts';
import { answerAll, answerOne } from '../../shared/flows/control.ts';
import { dispatchAll } from '../../shared/flows/dispatch.ts';
import { rejectDropped } from '../../shared/flows/dropped.ts';
import * as gatedModule from '../../shared/flows/gated-tasks.ts';
import type { GatePorts } from '../../shared/flows/open-gates.ts';
import { paceOf } from '../../shared/flows/pace.ts';
import { placesOf } from '../../shared/flows/places.ts';
import { relay } from '../../shared/flows/relay.ts';
import { releaseAll } from '../../shared/flows/release.ts';
import { settleAll } from '../../shared/flows/settle.ts';
import { type SweepPorts, sweep } from '../../shared/flows/sweep.ts';
import * as openModule from '../../shared/flows/sweep-or-open.ts';
import type { Limits } from '../../shared/ports/limits.ts';
import type { Clock, Gates, Log, Meter, Tasks, Tools } from '../../shared/ports.ts';
import { brokerOver, type Post } from '../../shared/rabbit/broker.ts';
import { asksOf } from '../../shared/wire/control-request.ts';
import { ecsRecordsOf, failedItems } from '../../shared/wire/ecs-event.ts';
import { logDeliveryOf } from '../../shared/wire/log-delivery.ts';
import { requestOf, submissionOf } from '../../shared/wire/message.ts';
import * as changeModule from '../../shared/wire/parameter-change.ts';
import { deliveriesOf } from '../../shared/wire/rabbit-event.ts';
import { cluster, definitionSite, families, site } from '../kit/site.ts';
import { names } from './names.ts';

/** The world as one execution environment of a function reaches it. */
export interface Outside {
  readonly dynamodb: DynamoDBClient;
  readonly ecr: ECRClient;
  readonly ecs: ECSClient;
  readonly eventBridge: EventBridgeClient;
  readonly ssm: SSMClient;
  /** Absent where the containers of the world print nothing. */
  readonly logs?: CloudWatchLogsClient;
  readonly post: Post;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Where this environment launches runs. */
  readonly subnets: readonly string[];
  readonly log: Log;
  readonly meter: Meter;
  /** Puts the world's crash points around every function of a port. */
  readonly guard: <Port extends object>(name: string, port: Port) => Port;
}

/** A fact that an operator or a tool brings, and that no function brings yet. */
export type PlayedFact = FactOf<'cancelAsked' | 'redriveAsked' | 'resultRead'>;

/** One environment of each function of a release of Davit. Each takes the event that AWS would pass. */
export interface Functions {
  readonly dispatch: (event: unknown, signal: AbortSignal) => Promise<unknown>;
  readonly settle: (event: unknown, signal: AbortSignal) => Promise<unknown>;
  readonly sweep: (event: unknown, signal: AbortSignal) => Promise<unknown>;
  readonly release: (event: unknown, signal: AbortSignal) => Promise<unknown>;
  readonly control: (event: unknown, signal: AbortSignal) => Promise<unknown>;
  /** A release without it is never asked. */
  readonly relay: (event: unknown, signal: AbortSignal) => Promise<unknown>;
  /** Applies a fact to a row, as a function of a later release will. */
  readonly play: (event: unknown, signal: AbortSignal) => Promise<unknown>;
}

/** The event of `play`. */
export interface Play {
  readonly taskId: string;
  readonly fact: PlayedFact;
}

/**
 * Wires one release of Davit to a world, as `shared/wiring` wires it to AWS. This file is bundled with the sources of the release, so
 * it uses nothing of a world but `Outside`.
 */
export const openFunctions = (outside: Outside): Functions => {
  const { dynamodb, ecs, ssm, clock, newId, log, meter, guard } = outside;
  const cache: ToolsCache = new Map();
  const reads = callPaceOf(clock, readRate);
  const stops = callPaceOf(clock, stopRate);
  const pace = paceOf(clock, 20);
  const { table, prefix, bus, source, stage, replyPrefix } = names;

  /** One for each invocation, as the real functions have it. */
  const gatesOfInvocation = new WeakMap<AbortSignal, Gates>();
  const gatesOf = (signal: AbortSignal): Gates => {
    const items = { client: dynamodb, table, now: clock.now, signal };
    const gates = gatesOfInvocation.get(signal) ?? guard('gates', gateModule.gateItems(items));
    gatesOfInvocation.set(signal, gates);
    return gates;
  };
  const tasksOf = (signal: AbortSignal): Tasks => {
    const tasks = guard(
      'tasks',
      tasksTable({ client: dynamodb, table, newId, meter, log, signal }),
    );
    return hasGates ? gatedModule.gatedTasks(tasks, { gates: gatesOf(signal), clock }) : tasks;
  };

  const limitsOf = (signal: AbortSignal): Limits =>
    guard('limits', limitModule.limitItems({ client: dynamodb, table, newId, signal }));

  const rowPorts = (signal: AbortSignal): CarryOutPorts => {
    const tasks = tasksOf(signal);
    const broker = guard('broker', brokerOver(outside.post, { source, replyPrefix }));
    return {
      tasks,
      runs: guard('runs', ecsRuns({ client: ecs, cluster, families, reads, stops, signal })),
      broker,
      versions: guard('versions', versionItems({ client: dynamodb, table, signal })),
      bus: guard('bus', eventBus({ client: outside.eventBridge, bus, source, signal })),
      ...(hasLimits
        ? { places: placesOf({ limits: limitsOf(signal), tasks, broker, sha256, log, clock }) }
        : noPlaces),
      meter,
      log,
      clock,
    };
  };

  const known = new Map<string, OwnedRun>();

  // A release that does not read logs has no such adapter.
  const logsOf = (signal: AbortSignal): Pick<CarryOutPorts, 'logs'> =>
    outside.logs === undefined || typeof logEnds !== 'function'
      ? {}
      : {
          logs: guard(
            'logs',
            logEnds({
              client: outside.logs,
              group: names.logGroup,
              pace: { next: async () => {} },
              signal,
            }),
          ),
        };

  const toolsOf = (signal: AbortSignal): Tools =>
    guard(
      'tools',
      ssmTools({
        client: ssm,
        prefix,
        readVersion: versionItems({ client: dynamodb, table, signal }).readVersion,
        now: clock.now,
        cache,
        signal,
      }),
    );

  const launchPorts = (signal: AbortSignal) => ({
    ...rowPorts(signal),
    pace,
    stage,
    tools: toolsOf(signal),
    ...(hasGates ? { gates: gatesOf(signal) } : noGates),
    site: { ...site, subnets: outside.subnets },
    requestOf,
    sha256,
  });

  return {
    dispatch: async (event, signal) =>
      dispatchAll(deliveriesOf(event, replyPrefix), launchPorts(signal), signal),
    settle: async (event, signal) => {
      const { seen } = ecsRecordsOf(event, families);
      return failedItems(await settleAll(seen, { ...rowPorts(signal), ...logsOf(signal) }));
    },
    sweep: (event, signal) => {
      const ports = {
        ...rowPorts(signal),
        ...logsOf(signal),
        pace,
        stage,
        ...(hasGates ? { gates: gatesOf(signal) } : noGates),
        tools: toolsOf(signal),
        place: guard('place', comparisonPlaces({ client: dynamodb, table, signal })),
        ...(hasLimits ? { limits: limitsOf(signal) } : noLimits),
      };
      return hasChanges
        ? openModule.sweepOrOpen(ports, changeModule.parameterChangeOf(event), signal)
        : sweep(ports, signal);
    },
    release: (_event, signal) =>
      releaseAll({
        releases: guard(
          'releases',
          awsReleases({
            ssm,
            ecr: outside.ecr,
            ecs,
            dynamodb,
            table,
            prefix,
            site: definitionSite,
            newId,
            signal,
          }),
        ),
        stage,
        refusals: guard(
          'refusals',
          refusalsBus({ client: outside.eventBridge, bus, source, signal }),
        ),
        meter,
        log,
        clock,
      }),
    control: async (event, signal) => {
      const asked = asksOf(event, replyPrefix);
      if ('dropped' in asked) return rejectDropped(asked.dropped, rowPorts(signal), signal);
      const ports = { ...rowPorts(signal), submissionOf, stopPace: stops };
      return 'queued' in asked
        ? answerAll(ports, asked.queued, signal)
        : answerOne(ports, asked.invoked, signal);
    },
    relay: (event, signal) =>
      relay(logDeliveryOf(event), {
        ...rowPorts(signal),
        lines: guard('lines', runLinesTable({ client: dynamodb, table, signal })),
        owners: guard('owners', ownedRuns({ client: dynamodb, table, signal })),
        known,
        signal,
      }),
    play: async (event, signal) => {
      const { taskId, fact } = playOf(event);
      const ports = rowPorts(signal);
      const advanced = await advance(ports, await ports.tasks.read(taskId), fact);
      if (advanced.kind === 'moved') await carryOut(ports, advanced.task);
      return advanced.kind;
    },
  };
};

/** An earlier release has no gates: `bundle.ts` gives it empty modules. */
const hasGates = 'gateItems' in gateModule;
const noGates: Pick<GatePorts, 'gates'> = Object.create(null);
/** Nor has it limits. */
const hasLimits = 'limitItems' in limitModule;
const noLimits: Pick<SweepPorts, 'limits'> = Object.create(null);
const noPlaces: Pick<CarryOutPorts, 'places'> = Object.create(null);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** An earlier release sweeps, whatever the event is. */
const hasChanges = 'sweepOrOpen' in openModule;

/** What `play` is invoked with is made by the world itself. */
const isPlay = (event: unknown): event is Play =>
  typeof event === 'object' && event !== null && 'taskId' in event && 'fact' in event;

const playOf = (event: unknown): Play => {
  if (isPlay(event)) return event;
  throw new Error('Expected the id of a task and a fact, but something else came.');
};
