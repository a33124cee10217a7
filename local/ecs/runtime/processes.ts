import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { RuntimeReport } from '../../../models/ecs/runtime.ts';
import { errorMessage } from '../../../shared/core/error-message.ts';
import type { LocalImages } from '../../ecr/images.ts';
import type { LogStore } from '../../logs/log-store.ts';
import type { Children } from '../../machine/children.ts';
import { containerUmask, withUmask } from '../../machine/umask.ts';
import { signalIfThere } from '../../setup/process-identity.mjs';
import type { Enclosure, Enclosures } from './enclosures.ts';
import { cannotStart, isRefusalOfExec, noSuchImage, refusedProgram } from './failed-starts.ts';
import { keepOutput } from './output.ts';
import { removeFolder } from './remove-folder.ts';
import { type Start, taskIdOf, writerOf } from './run-names.ts';
import type { RuntimeFactory } from './runtime.ts';

/** What the runtime needs to run containers as processes. */
export interface ProcessRuntimeParts {
  readonly images: LocalImages;
  readonly logs: LogStore;
  readonly children: Children;
  readonly enclosures: Enclosures;
  /** Each run gets an empty folder below this one as its working directory. The folder is removed when the run ends. */
  readonly scratchDir: string;
  readonly path: string;
}

/** How long an output may stay open after the end of its process. */
const lastWordsMs = 1_000;

/**
 * Runs each container as a process of this machine: the image's command with the order's environment, PATH and a mark. It has a
 * process group and an enclosure of its own, which end with it.
 */
export const processRuntime =
  (parts: ProcessRuntimeParts): RuntimeFactory =>
  (send) => {
    const running = new Map<string, { pid: number; ended: Promise<void> }>();
    let stopped = false;

    const report = (one: RuntimeReport): void => {
      if (!stopped) send(one);
    };

    const watch = (
      order: Start,
      child: ChildProcess,
      pid: number,
      { scratch, enclosure }: { readonly scratch: string; readonly enclosure: Enclosure },
    ): Promise<void> => {
      const write = writerOf(order, parts.logs);
      const outputs = [child.stdout, child.stderr].flatMap((output) =>
        output === null ? [] : [keepOutput(output, write)],
      );
      return new Promise((resolve) => {
        child.once('exit', async (code, signal) => {
          // Processes that the tool left would hold the outputs open, and must not outlive the container.
          signalIfThere(-pid, 'SIGKILL');
          const enclosed = enclosure.end(pid);
          // A process that escaped from the enclosure, if it can, must not delay the end of the container.
          const late = setTimeout(() => {
            // On a busy machine this timer may come before what has been in the pipes for long. They are read before an immediate.
            setImmediate(() => {
              child.stdout?.destroy();
              child.stderr?.destroy();
            });
          }, lastWordsMs);
          await Promise.all([enclosed, ...outputs]);
          clearTimeout(late);
          running.delete(order.taskArn);
          report({ kind: 'exited', taskArn: order.taskArn, exitCode: exitCodeOf(code, signal) });
          parts.children.forget(pid);
          removeFolder(scratch);
          resolve();
        });
      });
    };

    /** Starts a program. Throws the reason if it is known at once that it cannot start. */
    const launch = (order: Start, program: string, args: readonly string[]): void => {
      const { taskArn } = order;
      const scratch = join(parts.scratchDir, taskIdOf(taskArn));
      mkdirSync(scratch, { recursive: true });
      const enclosure = parts.enclosures.open(taskIdOf(taskArn));
      const child = spawnIn(enclosure, [program, ...args], {
        cwd: scratch,
        env: { PATH: parts.path, ...order.environment, ...enclosure.environment },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      child.once('error', (error) => {
        if (child.pid !== undefined) return;
        void enclosure.end();
        removeFolder(scratch);
        report(cannotRun(order, program, error));
      });
      if (child.pid === undefined) return;
      try {
        parts.children.remember(child.pid, `container of ${taskIdOf(taskArn)}`);
      } catch (cause) {
        // A process without a record would outlive a stack that is killed.
        signalIfThere(-child.pid, 'SIGKILL');
        void enclosure.end(child.pid);
        throw cause;
      }
      running.set(taskArn, {
        pid: child.pid,
        ended: watch(order, child, child.pid, { scratch, enclosure }),
      });
      report({ kind: 'started', taskArn });
    };

    const start = (order: Start): void => {
      // An order that arrives after `stop` began: no later step would end what it starts.
      if (stopped) return;
      const { taskArn } = order;
      const image = parts.images.find(order.image);
      if (image === undefined) {
        report(noSuchImage(order));
        return;
      }
      // Started directly, never through a shell.
      const [program = '', ...args] = [...image.entryPoint, ...(order.command ?? image.command)];
      try {
        launch(order, program, args);
      } catch (cause) {
        removeFolder(join(parts.scratchDir, taskIdOf(taskArn)));
        report(cannotRun(order, program, cause));
      }
    };

    const signal = (taskArn: string, name: NodeJS.Signals): void => {
      const one = running.get(taskArn);
      if (one !== undefined) signalIfThere(-one.pid, name);
    };

    return {
      carryOut: (order) => {
        switch (order.kind) {
          case 'start':
            return start(order);
          case 'terminate':
            return signal(order.taskArn, 'SIGTERM');
          case 'kill':
            return signal(order.taskArn, 'SIGKILL');
        }
      },
      stop: async () => {
        stopped = true;
        for (const one of running.values()) signalIfThere(-one.pid, 'SIGKILL');
        await Promise.all([...running.values()].map((one) => one.ended));
        parts.enclosures.close();
      },
    };
  };

/** 128 + signal for a process that a signal ended, as a container runtime reports it. */
const exitCodeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? 128 + (signal === null ? 0 : constants.signals[signal]);

/** Spawns a program in an enclosure. If that throws, the enclosure has ended. */
const spawnIn = (
  enclosure: Enclosure,
  [program = '', ...args]: readonly string[],
  options: SpawnOptions,
): ChildProcess => {
  try {
    return withUmask(containerUmask, () => enclosure.within(() => spawn(program, args, options)));
  } catch (cause) {
    void enclosure.end();
    throw cause;
  }
};

const cannotRun = (order: Start, program: string, cause: unknown): RuntimeReport => {
  const code = codeOf(cause);
  return isRefusalOfExec(code)
    ? refusedProgram(order, program, code)
    : cannotStart(order, `${program}: ${errorMessage(cause)}`);
};

const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : '';
