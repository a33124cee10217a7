import { join } from 'node:path';
import { findCgroup } from '../../local/ecs/runtime/cgroups.ts';
import { openEnclosures } from '../../local/ecs/runtime/enclosures.ts';
import { containerRuntime } from '../../local/ecs/runtime/engine/containers.ts';
import type { EngineSettings } from '../../local/ecs/runtime/engine/engine-settings.ts';
import { processRuntime } from '../../local/ecs/runtime/processes.ts';
import type { RuntimeFactory } from '../../local/ecs/runtime/runtime.ts';
import type { LogStore } from '../../local/logs/log-store.ts';
import { openChildren } from '../../local/machine/children.ts';
import { boxImage } from './engine-images.ts';

/** A runtime of child processes, which knows the image of the box by the programs of this machine. */
export const processesIn = (dir: string, logs: LogStore): RuntimeFactory =>
  processRuntime({
    images: {
      list: () => [],
      find: (reference) =>
        reference === boxImage
          ? { tag: 'latest', digest: '', entryPoint: [], command: ['sh'] }
          : undefined,
    },
    logs,
    children: openChildren(join(dir, 'children')),
    enclosures: openEnclosures(join(dir, 'children'), findCgroup()),
    scratchDir: join(dir, 'scratch'),
    path: '/usr/bin:/bin',
  });

/** The engine at an address, for a stack of that name. */
export const engineSettings = (address: string, stack = 'a'.repeat(32)): EngineSettings => ({
  address,
  stack,
  cpus: 2,
  architecture: process.arch === 'x64' ? 'amd64' : process.arch,
});

/** A runtime of containers of an engine. */
export const containersAt = (address: string, logs: LogStore, stack?: string): RuntimeFactory =>
  containerRuntime({ settings: engineSettings(address, stack), logs });
