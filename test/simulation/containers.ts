import type { RuntimeOrder, RuntimeReport } from '../../models/ecs/runtime.ts';
import { type Container, nameOf } from './container.ts';
import { speak } from './speak.ts';
import type { World } from './world.ts';

/** The owner of the containers: does what ECS orders, and reports what each run of a tool does. */
export interface Containers {
  readonly order: (order: RuntimeOrder) => void;
  /** Every container that was ever started. */
  readonly all: readonly Container[];
  readonly living: () => readonly Container[];
  /** Its host fails. */
  readonly lose: (container: Container) => void;
}

/** `report` passes on to ECS what the owner saw. What a run does depends only on the seed, its task and its number. */
export const containersOf = (
  world: World,
  report: (what: RuntimeReport) => void,
  print: (container: Container, message: string) => void,
): Containers => {
  const { timeline, plan } = world;
  const all: Container[] = [];
  const byArn = new Map<string, Container>();

  const end = (container: Container, what: RuntimeReport): void => {
    if (container.end !== undefined) return;
    container.end = {
      at: timeline.now(),
      how: what.kind,
      ...(what.kind === 'exited' ? { exitCode: what.exitCode } : {}),
      outOfMemory: what.kind === 'exited' && what.outOfMemory === true,
      wasAsked: container.isTerminated,
    };
    world.note(() => `container ${nameOf(container)} ends: ${JSON.stringify(what)}`);
    report(what);
  };

  const start = (order: RuntimeOrder & { kind: 'start' }): void => {
    const { taskArn, environment } = order;
    const {
      DAVIT_TASK_ID: taskId = '',
      DAVIT_RUN: run = '0',
      DAVIT_TOOL: tool = '',
      DAVIT_VERSION: version = '',
      DAVIT_INPUT: input = '',
    } = environment;
    const container: Container = {
      taskArn,
      taskId,
      run: Number(run),
      tool,
      version,
      input,
      image: order.image,
      startedAt: timeline.now(),
      isTerminated: false,
    };
    all.push(container);
    byArn.set(taskArn, container);
    world.note(() => `container ${nameOf(container)} starts`);
    world.watchers.started(container);
    const temper = plan.tools.find(({ name }) => name === tool)?.temper;
    if (temper === undefined)
      throw new Error(`ECS started a container of ${tool}, which is not in the plan`);
    const chance = world.chance(`run ${taskId}/${run}`);
    const [isBroken, isOutOfMemory, isEndless] = [
      chance.is(temper.unstartable),
      chance.is(temper.outOfMemory),
      chance.is(temper.endless),
    ];
    const fails = chance.is(temper.failures);
    const exitCode = fails ? chance.pick(temper.exitCodes) : 0;
    const lasts = chance.whole(...temper.durationMs);
    const now = timeline.now();
    const isBad = !world.isCalm() && temper.badVersions?.includes(version) === true;
    if (isBroken || isBad) {
      timeline.at(now + 500, () =>
        end(container, {
          kind: 'notStarted',
          taskArn,
          reason: 'CannotStartContainerError: exec format error',
        }),
      );
      return;
    }
    timeline.at(now + chance.whole(50, 2_000), () => {
      if (container.end !== undefined) return;
      report({ kind: 'started', taskArn });
      speak(world, container, {
        lastsMs: isEndless ? 60_000 : lasts,
        write: (message) => print(container, message),
      });
      if (isEndless) return;
      timeline.at(timeline.now() + lasts, () =>
        end(
          container,
          isOutOfMemory
            ? { kind: 'exited', taskArn, exitCode: 137, outOfMemory: true }
            : { kind: 'exited', taskArn, exitCode },
        ),
      );
    });
  };

  const terminate = (container: Container): void => {
    container.isTerminated = true;
    const temper = plan.tools.find(({ name }) => name === container.tool)?.temper;
    const chance = world.chance(`term ${container.taskId}/${container.run}`);
    if (chance.is(temper?.stubborn ?? 0)) return;
    const exitCode = chance.is(temper?.polite ?? 0) ? 0 : 143;
    timeline.at(timeline.now() + chance.whole(10, 1_000), () =>
      end(container, { kind: 'exited', taskArn: container.taskArn, exitCode }),
    );
  };

  return {
    all,
    living: () => all.filter((container) => container.end === undefined),
    lose: (container) =>
      end(container, {
        kind: 'hostLost',
        taskArn: container.taskArn,
        reason: 'Host EC2 (instance) terminated.',
      }),
    order: (order) => {
      if (order.kind === 'start') return start(order);
      const container = byArn.get(order.taskArn);
      if (container === undefined || container.end !== undefined) return;
      if (order.kind === 'terminate') return terminate(container);
      container.isTerminated = true;
      timeline.at(timeline.now() + 5, () =>
        end(container, { kind: 'exited', taskArn: order.taskArn, exitCode: 137 }),
      );
    },
  };
};
