import type { EcsOptions } from '../../models/ecs/options.ts';
import { gateItems } from '../../shared/aws/gate-items.ts';
import { limitItems } from '../../shared/aws/limit-items.ts';
import type { LaunchPorts } from '../../shared/flows/decide-launch.ts';
import { gatedTasks } from '../../shared/flows/gated-tasks.ts';
import { placesOf } from '../../shared/flows/places.ts';
import type { SweepPorts } from '../../shared/flows/sweep.ts';
import type { Metric } from '../../shared/ports/metric.ts';
import type { Bus } from '../../shared/ports.ts';
import { requestOf } from '../../shared/wire/message.ts';
import { memoryBroker } from '../memory/broker.ts';
import { memoryClock } from '../memory/clock.ts';
import { newFaults } from '../memory/faults.ts';
import { memoryPlace } from '../memory/place.ts';
import { memoryRuns, type Runtime } from '../memory/runs.ts';
import { memoryTasks } from '../memory/tasks.ts';
import { memoryTools } from '../memory/tools.ts';
import { memoryVersions } from '../memory/versions.ts';
import { sha256 } from './facts.ts';
import { definitionSite, site } from './site.ts';

/** What the cluster behind the ports is like; everything that is drawn in it comes from `seed`. */
export interface MemoryOptions {
  readonly seed?: number;
  readonly ecs?: Partial<EcsOptions>;
  readonly runtime?: Runtime;
}

/** The ports of the flows over models in memory, the models behind them, and what was counted, logged and sent to the bus. */
export const memoryPorts = ({ seed = 1, ...options }: MemoryOptions) => {
  const clock = memoryClock();
  const tasks = memoryTasks();
  const versions = memoryVersions();
  const tools = memoryTools(versions);
  const broker = memoryBroker();
  const runs = memoryRuns({ clock, seed, ...options });
  const faults = newFaults();
  const gates = faults.wrap(
    'gates',
    gateItems({ client: tasks.client, table: tasks.table, now: clock.now }),
  );
  const counts = new Map<Metric, number>();
  const logged: { readonly what: string; readonly facts: unknown }[] = [];
  const busEvents: string[] = [];
  const bus: Bus = {
    put: async (_task, effect) => {
      busEvents.push(effect.id);
      return { kind: 'sent' };
    },
    putBroken: async ({ tool, version }) => {
      busEvents.push(`broken/${tool}/${version}`);
      return { kind: 'sent' };
    },
  };
  let writes = 0;
  const newId = (): string => {
    writes += 1;
    return `limit-${writes}`;
  };
  const limits = faults.wrap(
    'limits',
    limitItems({ client: tasks.client, table: 'memory', newId }),
  );
  const table = gatedTasks(faults.wrap('tasks', tasks), { gates, clock });
  const rabbit = faults.wrap('broker', broker);
  const ports: LaunchPorts & SweepPorts = {
    tasks: table,
    gates,
    tools: faults.wrap('tools', tools),
    runs: faults.wrap('runs', runs),
    broker: rabbit,
    places: placesOf({ limits, tasks: table, broker: rabbit, sha256, log: () => {}, clock }),
    limits,
    bus: faults.wrap('bus', bus),
    versions: faults.wrap('versions', versions),
    place: faults.wrap('place', memoryPlace()),
    clock,
    site,
    requestOf,
    sha256,
    pace: async () => {},
    stage: definitionSite.stage,
    meter: (name, amount = 1) => void counts.set(name, (counts.get(name) ?? 0) + amount),
    log: (_level, what, facts) => void logged.push({ what, facts }),
  };

  return {
    clock,
    tasks,
    versions,
    tools,
    broker,
    runs,
    faults,
    gates,
    limits,
    ports,
    counts,
    logged,
    busEvents,
  };
};
