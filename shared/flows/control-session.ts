import type { ControlAnswer, ControlRequest } from '../core/control.ts';
import { present } from '../core/present.ts';
import type { Task } from '../core/task.ts';
import type { Broker } from '../ports.ts';
import { type AskPorts, askTasks } from './ask-tasks.ts';
import { carryOut } from './carry-out.ts';
import { eachAtMost } from './pace.ts';
import { submit, submitMany } from './submit.ts';
import { withRow } from './with-row.ts';

/** The work of one invocation. */
export interface Session {
  /** Does one request; rows are saved when it resolves. Never rejects. */
  readonly answer: (request: ControlRequest) => Promise<ControlAnswer>;
  /**
   * Carries out what follows from the rows that were moved, as far as there is time. The sweep does what is left. While others
   * wait behind this session, a row whose stop would have to wait is left as well.
   */
  readonly finish: (behind: 'none' | 'others') => Promise<void>;
}

/** After this time no more effects are begun: the next batch waits, and the sweep finishes them at its own pace. */
const effectsMs = 10_000;
const effectsAtOnce = 20;
/** So many doorbells are rung by one invocation: ECS launches as many runs in a second. The sweep rings for the others. */
const mostRings = 20;

/** Begins the work of one invocation. All its requests share one budget of doorbells and of time. */
export const openSession = (ports: AskPorts, signal?: AbortSignal): Session => {
  const moved: Task[] = [];
  let rings = 0;
  const ringsLeft = (): boolean => {
    rings += 1;
    return rings <= mostRings;
  };
  return {
    answer: async (request) => {
      switch (request.ask) {
        case 'submit':
          return submit(ports, request);
        case 'submitMany':
          return submitMany(ports, request.tasks);
        case 'backlog':
          return backlog(ports);
        case 'cancel':
        case 'redrive': {
          const asked = await askTasks(ports, request, { ringsLeft, signal });
          moved.push(...asked.flatMap((one) => one.moved ?? []));
          return { kind: 'tasks', tasks: asked.map(({ answer }) => answer) };
        }
      }
    },
    finish: async (behind) => {
      const until = ports.clock.now() + effectsMs;
      const isLeft = (task: Task): boolean =>
        behind === 'others' && hasStop(task) && !ports.stopPace.spares();
      await eachAtMost(moved, effectsAtOnce, async (task) => {
        if (signal?.aborted || ports.clock.now() >= until || isLeft(task)) return;
        await withRow(ports, () => carryOut(ports, task));
      });
    },
  };
};

const hasStop = ({ outbox }: Task): boolean => outbox.some(({ kind }) => kind === 'stop');

const backlog = async ({ broker }: { readonly broker: Broker }): Promise<ControlAnswer> => {
  const [ready, doorbells] = await Promise.all([broker.backlog(), broker.doorbells()]);
  return { kind: 'backlog', ...present({ ready, doorbells }) };
};
