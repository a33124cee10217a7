import { type Limit, type LimitTerms, newLimit, type StageTerms } from '../core/limit.ts';
import type { Answer, Change } from '../core/limit-places.ts';
import { marked, unmarked } from '../core/limit-queues.ts';
import type { Waiter } from '../core/limit-turn.ts';
import type { Limits } from '../ports/limits.ts';
import { type HandOutPorts, handOut } from './hand-out.ts';
import { waitingOnce } from './indexed-waiters.ts';

/** One change of a limit, and who waits for its answer. Several that come at the same time become one write. */
export interface LimitJob {
  readonly terms?: LimitTerms | StageTerms | undefined;
  /** The terms of an item that is missing, where the change asks for no place. */
  readonly termsOfBefore?: LimitTerms | StageTerms | undefined;
  readonly apply: (limit: Limit) => Change;
  /** Whether free places are handed out after this change. */
  readonly hands: boolean;
  /** The task that asks: it takes part in the turn, although no index has it. */
  readonly waiter?: Waiter | undefined;
  readonly done: (outcome: { readonly answer: Answer; readonly limit: Limit | undefined }) => void;
  readonly failed: (error: unknown) => void;
}

/** A writer may lose a few races for a limit. So many mean that something is wrong with the table. */
const mostLosses = 50;
/** About as long as a read and a write of the table. */
const lossMs = 10;

/**
 * Makes these changes of a limit in one write, hands out the places that are free then, and answers each job: one that hands out,
 * when the doorbells were sent. Does not wait for that itself, so that a silent broker does not hold up other changes. Never throws.
 */
export const writeLimit = async (
  ports: HandOutPorts,
  name: string,
  jobs: readonly LimitJob[],
): Promise<void> => {
  try {
    const { limit, answers, ring } = await write(ports, name, jobs);
    const rung = ring();
    for (const [index, job] of jobs.entries()) {
      const outcome = { answer: answers[index] ?? 'full', limit } as const;
      if (job.hands) void rung.then(() => job.done(outcome), job.failed);
      else job.done(outcome);
    }
  } catch (error) {
    for (const job of jobs) job.failed(error);
  }
};

interface Written {
  readonly limit: Limit | undefined;
  readonly answers: readonly Answer[];
  readonly ring: () => Promise<void>;
}

const write = async (
  ports: HandOutPorts,
  name: string,
  jobs: readonly LimitJob[],
): Promise<Written> => {
  const { limits, clock } = ports;
  const { waiting, wasFirstAsked } = answersOf(limits);
  const handPorts = { ...ports, waiting };
  for (let losses = 0; losses < mostLosses; losses += 1) {
    const now = clock.now();
    const terms = termsIn(jobs);
    // Read again each time: a place that is found reserved is granted without a write that would notice an old copy.
    const found = await limits.read(name);
    const was = found ?? (terms && newLimit(name, terms, now));
    if (was === undefined)
      return { limit: undefined, answers: jobs.map(() => 'granted' as const), ring: ringNone };
    const applied = applyAll(was, jobs);
    const handed = await handOutFor(handPorts, applied, { jobs, now });
    const next = handed.limit;
    if (found !== undefined && next === was)
      return { limit: next, answers: handed.answers, ring: ringNone };
    // While the index was asked, others have most likely written the limit, and a lost race costs as much as a write.
    if (wasFirstAsked()) continue;
    const saved = { ...next, revision: was.revision + 1 };
    if (await limits.save(saved, was))
      return { limit: saved, answers: handed.answers, ring: handed.ring };
    await clock.wait(waitMs(ports.sha256(JSON.stringify(saved)), losses));
  }
  throw new Error(`Limit ${name} could not be written: others were faster ${mostLosses} times.`);
};

/** The answers of the index, and whether it was asked since the last look: true only once, since then most answers are at hand. */
const answersOf = ({ waiting }: Pick<Limits, 'waiting'>) => {
  let asked: 'never' | 'now' | 'before' = 'never';
  const ask: Limits['waiting'] = (...question) => {
    if (asked === 'never') asked = 'now';
    return waiting(...question);
  };
  const wasFirstAsked = (): boolean => {
    const isFirst = asked === 'now';
    if (isFirst) asked = 'before';
    return isFirst;
  };
  return { waiting: waitingOnce({ waiting: ask }), wasFirstAsked };
};

const termsIn = (jobs: readonly LimitJob[]): LimitTerms | StageTerms | undefined =>
  jobs.find((job) => job.terms)?.terms ?? jobs.find((job) => job.termsOfBefore)?.termsOfBefore;

const ringNone = async (): Promise<void> => {};

/** Writers that lost to each other wanted to write different things, so they wait for different times. */
const waitMs = (digest: string, losses: number): number => {
  const share = Number.parseInt(digest.slice(0, 4), 16) / 0xffff;
  return 1 + Math.round(share * Math.min(losses + 1, 5) * lossMs);
};

const applyAll = (was: Limit, jobs: readonly LimitJob[]): { limit: Limit; answers: Answer[] } => {
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
  ports: HandOutPorts & Pick<Limits, 'waiting'>,
  { limit, answers }: { readonly limit: Limit; readonly answers: readonly Answer[] },
  { jobs, now }: { readonly jobs: readonly LimitJob[]; readonly now: number },
) => {
  const isAsking = (index: number) => answers[index] === 'turn';
  const hands = jobs.some(
    (job, index) => job.hands && (job.terms === undefined || isAsking(index)),
  );
  if (!hands) return { limit, answers, ring: ringNone };
  // Who asks has just read its row; who was held is read again like those of the index.
  const asking = jobs.flatMap(({ waiter }, index) => (waiter && isAsking(index) ? [waiter] : []));
  const held = jobs.flatMap(({ waiter, terms }) => (waiter && terms === undefined ? [waiter] : []));
  const handed = await handOut(ports, limit, { asking, held });
  const outcome = answers.map((answer, index): Answer => {
    if (answer !== 'turn') return answer;
    return handed.gets(jobs[index]?.waiter) ? 'granted' : 'full';
  });
  const seen = handed.empty.reduce((each, tool) => unmarked(each, tool, now), handed.limit);
  const waits = jobs.flatMap(({ waiter }, index) =>
    waiter && outcome[index] === 'full' ? [waiter] : [],
  );
  const next = waits.reduce((each, { tool }) => marked(each, tool, now), seen);
  return { limit: next, answers: outcome, ring: handed.ring };
};
