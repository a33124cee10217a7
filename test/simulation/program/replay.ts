import { keepCase } from '../failed-cases.ts';
import { sentenceOf, timeOf } from '../happening.ts';
import { loggedRelease } from '../logged-release.ts';
import type { Plan } from '../plan.ts';
import { planOf } from '../plan-of.ts';
import type { Releases } from '../releases.ts';
import { type Run, runPlan } from '../run-seed.ts';
import { harmless, promiseOf, type Shrunk, shrink } from '../shrink.ts';
import { storyOf, tasksIn } from '../story.ts';

/** Prints a line. */
export type Print = (line: string) => void;

/** Plays one seed and prints its verdict; with `isStory` its story before that. Answers the run. */
export const replay = async (
  seed: number,
  {
    releases,
    isStory,
    print,
  }: { readonly releases: Releases; readonly isStory: boolean; readonly print: Print },
): Promise<Run> => {
  const plan = planOf(seed);
  const run = isStory ? await printStory(plan, releases, print) : await runPlan(plan, releases);
  print(verdictOf(run));
  return run;
};

/** One sentence. */
const verdictOf = ({ seed, violation, events, restMs }: Run): string =>
  violation === undefined
    ? `Seed ${seed}: all promises were kept, in ${events} events. ${Math.ceil(restMs / 60_000)} minutes after the world had calmed down, everything had ended.`
    : `Seed ${seed} broke a promise, ${promiseOf(violation)}, at event ${events}: ${violation.message}`;

/** So long, and so often, at most, a failing plan is made smaller. */
const usual = { ms: 60_000, runs: 500 };

/**
 * Makes the plan of a failing seed small, prints what is left of it and its story, and with `isKept` stores it. A seed that does not fail
 * gets a sentence.
 */
export const explain = async (
  seed: number,
  {
    releases,
    isKept,
    print,
    bounds = usual,
  }: {
    readonly releases: Releases;
    readonly isKept: boolean;
    readonly print: Print;
    readonly bounds?: typeof usual;
  },
): Promise<void> => {
  const plan = planOf(seed);
  print(`Looking for the few happenings that matter (${bounds.ms / 1_000} s at most) …`);
  const small = await shrink(plan, releases, { ...bounds, now: () => performance.now() });
  if (small === undefined) return print(`Seed ${seed} breaks no promise when it is played alone.`);
  await printSmall(plan, small, releases, print);
  if (!isKept) return;
  const { violation } = small;
  const kept = { seed, promise: promiseOf(violation), found: violation.message, plan: small.plan };
  print(`Stored in ${keepCase(kept)}.`);
};

const printSmall = async (
  plan: Plan,
  small: Shrunk,
  releases: Releases,
  print: Print,
): Promise<void> => {
  const { happenings, traits } = small.plan;
  print('');
  print(
    `What is left of ${plan.happenings.length} happenings after ${small.runs} runs, until the world calms down at ${timeOf(plan.calmAt)}:`,
  );
  for (const happening of happenings) print(`${timeOf(happening.at)}  ${sentenceOf(happening)}`);
  const troubles = Object.entries(traits).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(usualTraits.get(name)),
  );
  const named = troubles.map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  print(`The troubles of the world itself: ${named.join(', ') || 'none'}.`);
  print('');
  print('Its story:');
  const tasks = tasksIn(small.violation.message);
  await printStory(small.plan, releases, print, tasks.size > 0 ? tasks : undefined);
  print('');
  print(`The promise that it breaks: ${small.violation.message}`);
};

const usualTraits = new Map<string, unknown>(Object.entries(harmless));

const printStory = async (
  plan: Plan,
  { current, previous }: Releases,
  print: Print,
  about?: ReadonlySet<string>,
): Promise<Run> => {
  const lines: string[] = [];
  const run = await runPlan(plan, {
    current: loggedRelease(current),
    previous: loggedRelease(previous),
    note: (line) => lines.push(line),
  });
  for (const line of storyOf(lines, about)) print(line);
  return run;
};
