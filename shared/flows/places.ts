import {
  type Answer,
  askPlace,
  type Change,
  confirm,
  free,
  giveUp,
  type Limit,
  type LimitTerms,
  leave,
  marked,
  newLimit,
  type RunAtLimit,
  unmarked,
  withTerms,
} from '../core/limit.ts';
import { runAtLimit } from '../core/limit-key.ts';
import { fullSentence } from '../core/limit-sentence.ts';
import { type Waiter, waitsSince } from '../core/limit-turn.ts';
import type { Task } from '../core/task.ts';
import { type HandOutPorts, handOut } from './hand-out.ts';

type Run = Pick<Task, 'taskId' | 'run' | 'tenant'>;
type Waiting = Pick<Task, 'taskId' | 'run' | 'tenant' | 'queuedAt' | 'priority'>;

/** Whether a run got a place; if not, what its task waits for. */
export type Taken = { readonly kind: 'granted' } | { readonly kind: 'full'; readonly why: string };

/**
 * The places of all limits. Changes that come at the same time are one write. Every function throws when the table cannot be
 * reached; a change that was made before is made again without harm.
 */
export interface Places {
  /** Asks for a place. The row of the run exists, and is written after the answer, so that a row that moved gets none. */
  readonly ask: (name: string, run: Waiting, terms: LimitTerms) => Promise<Taken>;
  /** The row is LAUNCHING with its place. */
  readonly confirm: (name: string, run: Run) => Promise<void>;
  /** A run with a place is over: the place goes to the next task that waits, in the same write. */
  readonly free: (name: string, run: Run) => Promise<void>;
  /** A run that has a reserved place must not use it: after this its row is written, and then `leave` frees the place. */
  readonly giveUp: (name: string, run: Run) => Promise<void>;
  readonly leave: (name: string, run: Run, to: 'next' | 'nobody') => Promise<void>;
  /** A task was held: a place that became free meanwhile is handed out. */
  readonly offer: (name: string, waiter: Waiting) => Promise<void>;
  /** Changes a limit otherwise, for the sweep. `hands`: free places are handed out. Answers the limit as it is then. */
  readonly mend: (
    name: string,
    change: (limit: Limit) => Limit,
    hands: boolean,
  ) => Promise<Limit | undefined>;
  readonly sha256: (text: string) => string;
}

interface PlacesPorts extends HandOutPorts {
  readonly sha256: (text: string) => string;
}

interface Job {
  readonly terms?: LimitTerms | undefined;
  readonly apply: (limit: Limit) => Change;
  /** Whether free places are handed out after this change. */
  readonly hands: boolean;
  /** The task that asks: it takes part in the turn, although no index has it. */
  readonly waiter?: Waiter | undefined;
  readonly done: (outcome: { readonly answer: Answer; readonly limit: Limit | undefined }) => void;
  readonly failed: (error: unknown) => void;
}

type Order = Pick<Job, 'apply' | 'hands'> & Partial<Pick<Job, 'terms' | 'waiter'>>;

/** A writer may lose a few races for a limit. So many mean that something is wrong with the table. */
const mostLosses = 50;

/** Opens the places for one invocation of a function. */
export const placesOf = (ports: PlacesPorts): Places => {
  const queues = new Map<string, Job[]>();
  const { clock, sha256 } = ports;

  const change = (name: string, order: Order) =>
    new Promise<{ readonly answer: Answer; readonly limit: Limit | undefined }>((done, failed) => {
      const waiting = queues.get(name);
      const job: Job = { ...order, done, failed };
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
      await workOn(ports, name, jobs);
    }
  };

  const at = (run: Run): RunAtLimit => runAtLimit(run, sha256);
  const waiterOf = (task: Waiting): Waiter => ({ ...at(task), since: waitsSince(task) });
  const onRun = async (
    name: string,
    edit: (limit: Limit, run: RunAtLimit) => Limit,
    { run, hands }: { readonly run: Run; readonly hands: boolean },
  ): Promise<void> => {
    const apply = (limit: Limit): Change => ({ limit: edit(limit, at(run)), answer: 'granted' });
    await change(name, { apply, hands });
  };

  return {
    sha256,
    ask: async (name, task, terms) => {
      const { answer, limit } = await change(name, {
        terms,
        apply: (found) => askPlace(withTerms(found, terms), at(task), clock.now()),
        hands: true,
        waiter: waiterOf(task),
      });
      if (answer === 'granted') return { kind: 'granted' };
      const asked = limit ?? newLimit(name, terms, clock.now());
      const { tenant } = at(task);
      return { kind: 'full', why: fullSentence(asked, { tenant, named: task.tenant }) };
    },
    confirm: (name, run) => onRun(name, confirm, { run, hands: false }),
    free: (name, run) => onRun(name, free, { run, hands: true }),
    giveUp: (name, run) => onRun(name, giveUp, { run, hands: false }),
    leave: (name, run, to) => onRun(name, leave, { run, hands: to === 'next' }),
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

const workOn = async (ports: PlacesPorts, name: string, jobs: readonly Job[]): Promise<void> => {
  try {
    const { limit, answers } = await write(ports, name, jobs);
    for (const [index, job] of jobs.entries())
      job.done({ answer: answers[index] ?? 'full', limit });
  } catch (error) {
    for (const job of jobs) job.failed(error);
  }
};

interface Written {
  readonly limit: Limit | undefined;
  readonly answers: readonly Answer[];
}

const write = async (ports: PlacesPorts, name: string, jobs: readonly Job[]): Promise<Written> => {
  const { limits, clock } = ports;
  for (let losses = 0; losses < mostLosses; losses += 1) {
    const now = clock.now();
    const terms = jobs.find((job) => job.terms !== undefined)?.terms;
    // Read again each time: a place that is found reserved is granted without a write that would notice an old copy.
    const found = await limits.read(name);
    const was = found ?? (terms && newLimit(name, terms, now));
    if (was === undefined) return { limit: undefined, answers: jobs.map(() => 'granted' as const) };
    const applied = applyAll(was, jobs);
    const handed = await handOutFor(ports, applied, { jobs, now });
    const next = handed.limit;
    if (found !== undefined && next === was) return { limit: next, answers: handed.answers };
    const saved = { ...next, revision: was.revision + 1 };
    if (await limits.save(saved, was)) {
      await handed.ring();
      return { limit: saved, answers: handed.answers };
    }
  }
  throw new Error(`Limit ${name} could not be written: others were faster ${mostLosses} times.`);
};

const applyAll = (was: Limit, jobs: readonly Job[]): { limit: Limit; answers: Answer[] } => {
  const answers: Answer[] = [];
  let limit = was;
  for (const job of jobs) {
    const done = job.apply(limit);
    limit = done.limit;
    answers.push(done.answer);
  }
  return { limit, answers };
};

const handOutFor = async (
  ports: PlacesPorts,
  { limit, answers }: { readonly limit: Limit; readonly answers: readonly Answer[] },
  { jobs, now }: { readonly jobs: readonly Job[]; readonly now: number },
) => {
  const isAsking = (index: number) => answers[index] === 'turn';
  const hands = jobs.some(
    (job, index) => job.hands && (job.terms === undefined || isAsking(index)),
  );
  if (!hands) return { limit, answers, ring: async () => {} };
  // Who asks has just read its row; who was held is read again like those of the index.
  const asking = jobs.flatMap(({ waiter }, index) => (waiter && isAsking(index) ? [waiter] : []));
  const held = jobs.flatMap(({ waiter, terms }) => (waiter && terms === undefined ? [waiter] : []));
  const handed = await handOut(ports, limit, { asking, held });
  const outcome = answers.map((answer, index): Answer => {
    if (answer !== 'turn') return answer;
    return handed.gets(jobs[index]?.waiter) ? 'granted' : 'full';
  });
  const isWaiting = handed.isEmpty ? unmarked(handed.limit, now) : handed.limit;
  const next = outcome.includes('full') ? marked(isWaiting, now) : isWaiting;
  return { limit: next, answers: outcome, ring: handed.ring };
};
