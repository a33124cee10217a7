import {
  call as callTableModel,
  contentsOf,
  itemOf,
  newTable,
} from '../../models/dynamodb/table.ts';
import type { TableAction } from '../../models/dynamodb/types.ts';
import {
  call as callEcsModel,
  newEcs,
  nextTickAt,
  reclaim,
  report as reportTo,
  setAvailability,
  tick,
} from '../../models/ecs/ecs.ts';
import type { EcsState } from '../../models/ecs/state.ts';
import type { Reaction } from '../../models/ecs/turn.ts';
import type { EcsAction, RuntimeReport } from '../../models/ecs/types.ts';
import { parameterText } from '../../shared/wire/spec.ts';
import { cluster } from '../kit/site.ts';
import { tableSchema } from '../kit/table.ts';
import type { Outcome, Perform } from './calls.ts';
import { type Containers, containersOf } from './containers.ts';
import { names } from './names.ts';
import type { SettleQueue } from './settle-queue.ts';
import type { Item } from './watchers.ts';
import type { World } from './world.ts';

/** AWS's services, and the containers that ECS runs. */
export interface Cloud {
  readonly perform: Perform;
  readonly containers: Containers;
  /** Runs that ECS refused, and started all the same: `task-1/2`. */
  readonly refusedYetStarted: ReadonlySet<string>;
  readonly ecs: () => EcsState;
  readonly items: () => readonly Item[];
  readonly itemOf: (taskId: string) => Item | undefined;
  /** Keeps the table as it is now. Returns how to bring it back. */
  readonly backUp: () => () => void;
  readonly reclaim: (taskArn: string) => void;
  readonly setAvailability: (provider: string, closed: 'at once' | 'late' | undefined) => void;
  readonly putParameter: (name: string, value: string) => void;
  readonly deleteParameter: (name: string) => void;
  readonly push: (tool: string, version: string) => void;
  readonly stopTask: (taskArn: string) => void;
}

const noCapacity =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone';

/** Begins with an empty table and without tools. */
export const cloudOf = (world: World, queue: SettleQueue): Cloud => {
  const { timeline, watchers, plan } = world;
  const { traits } = plan;
  const chance = world.chance('ecs');
  const rng = chance.next;
  let ecs = newEcs({
    clusters: [cluster],
    eventDelayMs: traits.eventDelayMs,
    eventLoss: traits.eventLoss,
    eventDoubles: traits.eventDoubles,
    readLagMs: traits.readLagMs,
    delaysMs: {
      provisioning: [500, 5_000],
      pending: [500, 10_000],
      activating: [50, 500],
      stopAsked: [50, 500],
      deactivating: [0, 100],
      stopping: [50, 500],
      deprovisioning: [500, 10_000],
    },
  });
  let table = newTable({ ...schema, indexLagMs: traits.indexLagMs });
  const storedAt = (taskId: string): Item | undefined => {
    const item = itemOf(table, { taskId: { S: taskId } });
    return item !== undefined && isOfSdk(item) ? item : undefined;
  };
  const parameters = new Map<string, { value: string; version: number; at: number }>();
  const images = new Set<string>();
  const refusedYetStarted = new Set<string>();
  let ticking = Number.POSITIVE_INFINITY;

  const react = (reaction: Reaction): void => {
    ecs = reaction.state;
    for (const event of reaction.events) queue.send(JSON.stringify(event));
    for (const order of reaction.orders) {
      watchers.ordered(order);
      containers.order(order);
    }
    scheduleTick();
  };

  const scheduleTick = (): void => {
    const at = nextTickAt(ecs);
    if (at === undefined || at >= ticking) return;
    ticking = at;
    timeline.at(at, () => {
      if (timeline.now() < ticking) return;
      ticking = Number.POSITIVE_INFINITY;
      react(tick(ecs, timeline.now(), rng));
    });
  };

  const containers = containersOf(world, (what: RuntimeReport) => {
    watchers.reported(what);
    react(reportTo(ecs, what, timeline.now(), rng));
  });

  const callEcs = (action: EcsAction, input: unknown): Outcome => {
    const { answer, ...reaction } = callEcsModel(ecs, { action, input }, timeline.now(), rng);
    react(reaction);
    return answer;
  };

  const launch = (input: unknown): Outcome => {
    const isClosed = Object.values(ecs.availability).some(({ is }) => is === 'closed');
    if (!isClosed || world.isCalm() || !chance.is(traits.refusedYetStarted))
      return callEcs('RunTask', input);
    // ECS refuses, and starts the run all the same: at once or some minutes later.
    world.count('refusedYetStarted');
    refusedYetStarted.add(String(fieldsOf(input).startedBy));
    const later = chance.is(0.5) ? 0 : chance.whole(1_000, 240_000);
    timeline.at(timeline.now() + later, () => {
      const kept = ecs.availability;
      ecs = { ...ecs, availability: {} };
      callEcs('RunTask', input);
      ecs = { ...ecs, availability: kept };
    });
    return { ok: false, error: { code: 'ClientException', message: noCapacity } };
  };

  const callTable = (action: TableAction, input: unknown): Outcome => {
    const id = idOf(input);
    const before = id === undefined ? undefined : storedAt(id);
    const called = callTableModel(table, { action, input }, timeline.now(), rng);
    table = called.state;
    const after = id === undefined ? undefined : storedAt(id);
    if (after !== undefined && after !== before) watchers.written(before, after);
    return called.answer;
  };

  const put = (name: string, value: string): void => {
    const known = parameters.get(name);
    parameters.set(name, { value, version: (known?.version ?? 0) + 1, at: timeline.now() });
  };

  const found = (name: string) => {
    const known = parameters.get(name);
    return known === undefined
      ? []
      : [
          {
            Name: name,
            Value: known.value,
            Version: known.version,
            LastModifiedDate: new Date(known.at),
          },
        ];
  };

  const callSsm = (action: string, input: Readonly<Record<string, unknown>>): Outcome => {
    switch (action) {
      case 'GetParameters':
        return {
          ok: true,
          output: {
            Parameters: Array.isArray(input.Names)
              ? input.Names.flatMap((name) => found(String(name)))
              : [],
          },
        };
      case 'GetParametersByPath':
        return {
          ok: true,
          output: {
            Parameters: [...parameters.keys()]
              .filter((name) => name.startsWith(`${input.Path}/`))
              .flatMap(found),
          },
        };
      case 'PutParameter':
        put(String(input.Name), String(input.Value));
        return { ok: true, output: { Version: parameters.get(String(input.Name))?.version } };
      default:
        throw new Error(`The model of SSM has no ${action}.`);
    }
  };

  const perform: Perform = (service, action, input) => {
    const fields = fieldsOf(input);
    switch (service) {
      case 'dynamodb':
        return callTable(actionIn(tableActions, action), input);
      case 'ecs': {
        if (action === 'RunTask') return launch(input);
        const outcome = callEcs(actionIn(ecsActions, action), input);
        if (action === 'StopTask' && outcome.ok) watchers.stopTaken(String(fields.task));
        return outcome;
      }
      case 'ssm':
        return callSsm(action, fields);
      case 'ecr': {
        const [id] = Array.isArray(fields.imageIds) ? fields.imageIds : [];
        const image = `${String(fields.repositoryName).split('/').at(-1)}:${id?.imageTag}`;
        return images.has(image)
          ? {
              ok: true,
              output: {
                imageDetails: [
                  {
                    imageDigest: `sha256:${Buffer.from(image).toString('hex').padEnd(64, '0').slice(0, 64)}`,
                  },
                ],
              },
            }
          : {
              ok: false,
              error: {
                code: 'ImageNotFoundException',
                message: `The image ${image} does not exist`,
              },
            };
      }
      case 'eventBridge': {
        const [entry] = Array.isArray(fields.Entries) ? fields.Entries : [];
        watchers.put(String(entry?.Detail));
        return { ok: true, output: { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] } };
      }
    }
  };

  for (const { name, spec } of plan.tools) {
    put(`${names.prefix}/${name}/spec`, parameterText(spec));
    put(`${names.prefix}/${name}/version`, '1.0.0');
    images.add(`${name}:1.0.0`);
  }

  return {
    perform,
    containers,
    refusedYetStarted,
    ecs: () => ecs,
    items: () => contentsOf(table).flatMap((item) => (isOfSdk(item) ? [item] : [])),
    itemOf: storedAt,
    backUp: () => {
      const kept = table;
      return () => {
        table = kept;
        watchers.restored();
      };
    },
    reclaim: (taskArn) => react(reclaim(ecs, { taskArn }, timeline.now(), rng)),
    setAvailability: (provider, closed) => {
      ecs = setAvailability(
        ecs,
        provider,
        closed === undefined ? { is: 'open' } : { is: 'closed', reason: noCapacity, seen: closed },
      );
    },
    putParameter: (name, value) => put(`${names.prefix}/${name}`, value),
    deleteParameter: (name) => void parameters.delete(`${names.prefix}/${name}`),
    push: (tool, version) => void images.add(`${tool}:${version}`),
    stopTask: (taskArn) => {
      callEcs('StopTask', { cluster, task: taskArn, reason: 'a person stopped it' });
    },
  };
};

const fieldsOf = (input: unknown): Readonly<Record<string, any>> =>
  typeof input === 'object' && input !== null ? { ...input } : {};

const idOf = (input: unknown): string | undefined => {
  const { Key, Item } = fieldsOf(input);
  const key = Key ?? Item;
  return key?.taskId?.S;
};

/** The table keeps the very values of the SDK's commands. */
const isOfSdk = (_item: unknown): _item is Item => true;

const schema = tableSchema();

const tableActions = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'] as const;
const ecsActions = [
  'RegisterTaskDefinition',
  'RunTask',
  'StopTask',
  'DescribeTasks',
  'ListTasks',
] as const;

const actionIn = <Action extends string>(actions: readonly Action[], wanted: string): Action => {
  const found = actions.find((action) => action === wanted);
  if (found === undefined) throw new Error(`The models have no ${wanted}: add it to them.`);
  return found;
};
