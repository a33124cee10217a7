import {
  type Limit,
  type LimitTerms,
  newLimit,
  type RunAtLimit,
  type StageTerms,
} from '../core/limit.ts';
import { type RunOfTool, runAtLimit } from '../core/limit-key.ts';
import { stageLimit } from '../core/limit-name.ts';
import {
  type Answer,
  askPlace,
  type Change,
  confirm,
  foundLaunched,
  free,
  givenUpAt,
  giveUp,
  leave,
} from '../core/limit-places.ts';
import { heldAtStage, withTerms } from '../core/limit-queues.ts';
import { fullSentence } from '../core/limit-sentence.ts';
import { type Waiter, waitsSince } from '../core/limit-turn.ts';
import { present } from '../core/present.ts';
import type { Task } from '../core/task.ts';
import type { HandOutPorts } from './hand-out.ts';
import { type LimitJob, writeLimit } from './write-limit.ts';

type Waiting = RunOfTool & Pick<Task, 'queuedAt' | 'priority'>;

/** Whether a run got a place; if not, what its task waits for, and when the place that it had was given up. */
export type Taken =
  | { readonly kind: 'granted' }
  | { readonly kind: 'full'; readonly why: string; readonly givenUpAt?: number };

/**
 * A place that was given up at this time, and who gets it at once: the next task, none, or at the stage a task of another tool,
 * until the sweep sees that nothing else holds this tool any more.
 */
export interface GivenUp {
  readonly at: number;
  readonly to: 'next' | 'others' | 'none';
}

/**
 * The places of all limits. Changes that come at the same time are one write. Every function throws when the table cannot be
 * reached; a change that was made before is made again without harm.
 */
export interface Places {
  /** Asks for a place. The row of the run exists, and is written after the answer, so that a row that moved gets none. */
  readonly ask: (name: string, run: Waiting, terms: LimitTerms | StageTerms) => Promise<Taken>;
  /** The row is LAUNCHING, with its place or without. */
  readonly confirm: (name: string, row: RunOfTool & { readonly place?: string }) => Promise<void>;
  /**
   * A run with a place is over: the place goes to the next task that waits, in the same write. An item that a person has deleted
   * is made again with the terms that the row of the run knows: the tasks that wait for it need one.
   */
  readonly free: (name: string, run: RunOfTool, terms?: LimitTerms | StageTerms) => Promise<void>;
  /**
   * A run that has a reserved place must not use it. Answers since when: after this its row is written, and then `leave` frees
   * the place that was given up at that time. Undefined when the run has no reserved place.
   */
  readonly giveUp: (name: string, run: RunOfTool) => Promise<number | undefined>;
  readonly leave: (name: string, run: RunOfTool, givenUp: GivenUp) => Promise<void>;
  /** A task was held: a place that became free meanwhile is handed out. */
  readonly offer: (name: string, waiter: Waiting) => Promise<void>;
  /** Changes a limit otherwise, for the sweep. `hands`: free places are handed out. Answers the limit as it is then. */
  readonly mend: (
    name: string,
    change: (limit: Limit) => Limit,
    hands: boolean,
  ) => Promise<Limit | undefined>;
  /** The same places, where doorbells are rung over this broker. */
  readonly over: (broker: HandOutPorts['broker']) => Places;
  readonly sha256: (text: string) => string;
}

type Order = Pick<LimitJob, 'apply' | 'hands'> &
  Partial<Pick<LimitJob, 'terms' | 'termsOfBefore' | 'waiter'>>;

/** Opens the places for one invocation of a function. */
export const placesOf = (ports: HandOutPorts): Places => {
  const queues = new Map<string, LimitJob[]>();
  const { clock, sha256 } = ports;

  const change = (name: string, order: Order) =>
    new Promise<{ readonly answer: Answer; readonly limit: Limit | undefined }>((done, failed) => {
      const waiting = queues.get(name);
      const job: LimitJob = { ...order, done, failed };
      if (waiting) {
        waiting.push(job);
        return;
      }
      queues.set(name, [job]);
      void workOff(name);
    });

  /** While one write is under way, the next changes gather for the next one. */
  const workOff = async (name: string): Promise<void> => {
    for (;;) {
      // A turn of the loop, so that what is asked at the same time comes into one write.
      await Promise.resolve();
      const jobs = queues.get(name) ?? [];
      if (jobs.length === 0) {
        queues.delete(name);
        return;
      }
      queues.set(name, []);
      await writeLimit(ports, name, jobs);
    }
  };

  const at = (run: RunOfTool): RunAtLimit => runAtLimit(run, sha256);
  const waiterOf = (task: Waiting): Waiter => ({ ...at(task), since: waitsSince(task) });
  const onRun = async (
    name: string,
    edit: (limit: Limit, run: RunAtLimit) => Limit,
    { run, ...order }: Omit<Order, 'apply'> & { readonly run: RunOfTool },
  ): Promise<Limit | undefined> => {
    const apply = (limit: Limit): Change => ({ limit: edit(limit, at(run)), answer: 'granted' });
    return (await change(name, { ...order, apply })).limit;
  };

  return {
    sha256,
    over: (broker) => placesOf({ ...ports, broker }),
    ask: async (name, task, terms) => {
      const { answer, limit } = await change(name, {
        terms,
        apply: (found) => askPlace(knowing(found, terms), at(task), clock.now()),
        hands: true,
        waiter: waiterOf(task),
      });
      if (answer === 'granted') return { kind: 'granted' };
      const asked = limit ?? newLimit(name, terms, clock.now());
      const run = at(task);
      return {
        kind: 'full',
        why: fullSentence(asked, { ...run, named: task.tenant }),
        ...present({ givenUpAt: givenUpAt(asked, run) }),
      };
    },
    confirm: async (name, row) => {
      const edit = row.place === name ? confirm : foundLaunched;
      await onRun(name, edit, { run: row, hands: false });
    },
    free: async (name, run, termsOfBefore) => {
      await onRun(name, free, { run, hands: true, termsOfBefore });
    },
    giveUp: async (name, run) => {
      const edit = (limit: Limit, one: RunAtLimit) => giveUp(limit, one, clock.now());
      const limit = await onRun(name, edit, { run, hands: false });
      return limit && givenUpAt(limit, at(run));
    },
    leave: async (name, run, { at: since, to }) => {
      const edit = (limit: Limit, one: RunAtLimit) => {
        const left = leave(limit, one, since);
        return to === 'others' ? heldAtStage(left, one.tool, true) : left;
      };
      // The tasks of a tool's own limit would all be held by the same.
      const hands = to === 'next' || (to === 'others' && name === stageLimit);
      await onRun(name, edit, { run, hands });
    },
    offer: async (name, task) => {
      const apply = (limit: Limit): Change => ({ limit, answer: 'granted' });
      await change(name, { apply, hands: true, waiter: waiterOf(task) });
    },
    mend: async (name, edit, hands) => {
      const apply = (limit: Limit): Change => ({ limit: edit(limit), answer: 'granted' });
      return (await change(name, { apply, hands })).limit;
    },
  };
};

/** As the specs say it today. Who asks has just seen that nothing else holds its tool. */
const knowing = (limit: Limit, terms: LimitTerms | StageTerms): Limit => {
  const known = withTerms(limit, terms);
  if (!('tools' in terms)) return known;
  return terms.tools.reduce((each, { tool }) => heldAtStage(each, tool, false), known);
};
