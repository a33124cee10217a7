import { openImages } from '../../ecr/images.ts';
import { type LogStore, openLogStore } from '../../logs/log-store.ts';
import { openChildren } from '../../machine/children.ts';
import { ownUmask } from '../../machine/umask.ts';
import { openEnclosures } from './enclosures.ts';
import { containerRuntime } from './engine/containers.ts';
import { processRuntime } from './processes.ts';
import type { ContainerRuntime, RuntimeFactory } from './runtime.ts';
import type { AgentSettings, FromAgent, ToAgent } from './wire.ts';

// The program that runs the containers of a stack, as an agent does on an ECS host. Starting a process blocks its parent until
// the child runs. On a busy machine that takes long, and the endpoint must not wait for it.

const send = (message: FromAgent): void => {
  process.send?.(message);
};

const openRuntime = (settings: AgentSettings): ContainerRuntime =>
  factoryOf(settings)((report) => send({ kind: 'report', report }));

const factoryOf = (settings: AgentSettings): RuntimeFactory => {
  const logs = telling(openLogStore(settings.logsDir));
  if (settings.engine !== undefined) return containerRuntime({ settings: settings.engine, logs });
  return processRuntime({
    images: openImages(settings.imagesDir, settings.registry),
    logs,
    children: openChildren(settings.childrenDir),
    enclosures: openEnclosures(settings.childrenDir, settings.cgroup),
    scratchDir: settings.scratchDir,
    path: settings.path,
  });
};

/** A tool may print thousands of lines a second, and the stack needs to hear of them only now and then. */
const tellMs = 100;

/** The store, which tells the stack to which streams was written. */
const telling = (store: LogStore): LogStore => {
  const written = new Map<string, Set<string>>();
  const tell = (): void => {
    for (const [group, streams] of written) send({ kind: 'logged', group, streams: [...streams] });
    written.clear();
  };
  return {
    ...store,
    append: (group, stream, lines) => {
      store.append(group, stream, lines);
      if (written.size === 0) setTimeout(tell, tellMs).unref();
      written.set(group, (written.get(group) ?? new Set()).add(stream));
    },
  };
};

process.umask(ownUmask);

let runtime: ContainerRuntime | undefined;

const end = (): void => {
  void (runtime?.stop() ?? Promise.resolve()).finally(() => process.exit(0));
};

// The stack ends its agent in order, so signals from elsewhere are ignored.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});
// The stack has ended, so there is no receiver for reports.
process.on('disconnect', end);
process.on('message', (message: ToAgent) => {
  switch (message.kind) {
    case 'open':
      runtime = openRuntime(message.settings);
      send({ kind: 'ready' });
      return;
    case 'order':
      runtime?.carryOut(message.order);
      return;
    case 'stop':
      end();
  }
});
