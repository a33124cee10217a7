import { openImages } from '../../ecr/images.ts';
import { openLogStore } from '../../logs/log-store.ts';
import { openChildren } from '../../machine/children.ts';
import { ownUmask } from '../../machine/umask.ts';
import { openEnclosures } from './enclosures.ts';
import { processRuntime } from './processes.ts';
import type { ContainerRuntime } from './runtime.ts';
import type { AgentSettings, FromAgent, ToAgent } from './wire.ts';

// The program that owns the containers of a stack, as an agent owns those of an ECS host. Starting a process
// blocks its parent until the child runs, which on a busy machine the endpoint must not have to wait for.

const tell = (message: FromAgent): void => {
  process.send?.(message);
};

const opened = (settings: AgentSettings): ContainerRuntime =>
  processRuntime({
    images: openImages(settings.imagesDir, settings.registry),
    logs: openLogStore(settings.logsDir),
    children: openChildren(settings.childrenDir),
    enclosures: openEnclosures(settings.childrenDir, settings.cgroup),
    scratchDir: settings.scratchDir,
    path: settings.path,
  })((report) => tell({ kind: 'report', report }));

process.umask(ownUmask);

let runtime: ContainerRuntime | undefined;

const end = (): void => {
  void (runtime?.stop() ?? Promise.resolve()).finally(() => process.exit(0));
};

// Whoever sends them, the stack ends its agent itself, in order.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});
// The stack is gone, and with it whoever could be told how a container ended.
process.on('disconnect', end);
process.on('message', (message: ToAgent) => {
  switch (message.kind) {
    case 'open':
      runtime = opened(message.settings);
      tell({ kind: 'ready' });
      return;
    case 'order':
      runtime?.carryOut(message.order);
      return;
    case 'stop':
      end();
  }
});
