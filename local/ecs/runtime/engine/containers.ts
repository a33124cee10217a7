import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from 'dockerode';
import type { RuntimeReport } from '../../../../models/ecs/runtime.ts';
import type { LogStore } from '../../../logs/log-store.ts';
import { type Start, writerOf } from '../run-names.ts';
import type { RuntimeFactory } from '../runtime.ts';
import { engineAt, patience } from './connect.ts';
import { liveContainer } from './container-life.ts';
import type { EngineSettings } from './engine-settings.ts';
import { openRemover, removeContainersOf } from './remove-container.ts';

/** What the runtime needs to run containers of an engine. */
export interface ContainerRuntimeParts {
  readonly settings: EngineSettings;
  readonly logs: LogStore;
}

type Signal = 'SIGTERM' | 'SIGKILL';

interface Run {
  container?: Container;
  /** A signal that came before the container could take it. */
  asked?: Signal;
  ended: Promise<void>;
}

/** How long the end of all containers may take when the stack ends. What is left then ends at the next start. */
const stopMs = 15_000;

/** Runs each container as one of a container engine (docs/decisions/0017). */
export const containerRuntime =
  ({ settings, logs }: ContainerRuntimeParts): RuntimeFactory =>
  (send) => {
    const engine = engineAt(settings.address);
    const remover = openRemover(engine);
    const runs = new Map<string, Run>();
    let stopped = false;

    const report = (one: RuntimeReport): void => {
      if (!stopped) send(one);
    };

    const start = (order: Start): void => {
      if (stopped) return;
      const { taskArn } = order;
      const run: Run = { ended: Promise.resolve() };
      runs.set(taskArn, run);
      const life = liveContainer(
        { engine, settings, remover },
        {
          order,
          write: writerOf(order, logs),
          onStarted: () => report({ kind: 'started', taskArn }),
          onAlive: (container) => {
            run.container = container;
            if (run.asked !== undefined) sendSignal(container, run.asked);
          },
          isUnwanted: () => stopped,
        },
      );
      run.ended = life.then((end) => {
        runs.delete(taskArn);
        report(end);
      });
    };

    const signal = (run: Run | undefined, name: Signal): void => {
      if (run === undefined) return;
      run.asked = name;
      if (run.container !== undefined) sendSignal(run.container, name);
    };

    return {
      carryOut: (order) => {
        switch (order.kind) {
          case 'start':
            return start(order);
          case 'terminate':
            return signal(runs.get(order.taskArn), 'SIGTERM');
          case 'kill':
            return signal(runs.get(order.taskArn), 'SIGKILL');
        }
      },
      stop: async () => {
        stopped = true;
        for (const run of runs.values()) signal(run, 'SIGKILL');
        const ends = Promise.all([...runs.values()].map(({ ended }) => ended));
        const all = ends.then(() => removeContainersOf(engine, settings.stack));
        // An engine that does not answer must not hold up the end of the stack.
        await Promise.race([all.catch(() => {}), sleep(stopMs, undefined, { ref: false })]);
        remover.close();
      },
    };
  };

/** The container may have ended, or the engine may not answer: the run's end says which. */
const sendSignal = (container: Container, name: Signal): void => {
  container.kill({ signal: name, ...patience() }).catch(() => {});
};
