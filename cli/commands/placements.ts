import { type Closure, closureState, opensAt } from '../../shared/core/closure.ts';
import { deploymentGate, placementGate, placementsGate } from '../../shared/core/gate-names.ts';
import { clockTime } from '../../shared/core/times.ts';
import { iso } from '../../shared/wire/stored-time.ts';
import { visibleJson } from '../../shared/wire/visible.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { tableOf } from '../context.ts';

/** Tasks that may run on either wait here. */
const both = placementsGate(['cpu', 'cpu-spot']);
/** GPU placements come with GPU hosts. */
const shown = [
  ...(['cpu', 'cpu-spot'] as const).map((name) => {
    const by = placementGate(name);
    return { name, by, lists: [by, both] };
  }),
  { name: deploymentGate, by: deploymentGate, lists: [deploymentGate] },
];

interface Place {
  readonly name: string;
  readonly closure: Closure | undefined;
  readonly waiting: number;
}

/** `davit placements`: where runs can be launched now, and what waits for the others. */
export const placements = command({
  name: 'placements',
  args: {},
  notes: [
    'A placement is closed for all tasks when ECS has no capacity for one; `deployment` stands for all of them, when only the',
    'deployment can mend what ECS refuses. At the next try one task is launched, and opens it for all when ECS accepts that.',
    '--json prints {"placements": […]}, each with "placement", "state": "open", "closed" or "probe", and the rest as text or null.',
  ],
  codes: [],
  run: async (args, context) => {
    const table = tableOf(context);
    const places = await Promise.all(
      shown.map(async ({ name, by, lists }): Promise<Place> => {
        const [closure, ...waiting] = await Promise.all([
          table.closure(by),
          ...lists.map(table.waiting),
        ]);
        return { name, closure, waiting: waiting.reduce((sum, count) => sum + count, 0) };
      }),
    );
    const now = context.now();
    if (args.json) {
      const documents = places.map((place) => documentOf(place, now));
      context.print(visibleJson({ placements: documents }));
    } else for (const place of places) context.print(lineOf(place, now));
    return codes.done;
  },
});

const documentOf = ({ name, closure, waiting }: Place, now: number) => {
  const state = closureState(closure, now);
  const closed = state === 'open' ? undefined : closure;
  return {
    placement: name,
    state,
    since: closed ? iso(closed.since) : null,
    why: closed?.why ?? null,
    nextTry: closed ? iso(opensAt(closed)) : null,
    waiting,
  };
};

const lineOf = ({ name, closure, waiting }: Place, now: number): string => {
  const waits = waiting === 0 ? '' : `; ${waiting} ${waiting === 1 ? 'task waits' : 'tasks wait'}`;
  if (closure === undefined || closureState(closure, now) === 'open')
    return `${name.padEnd(12)}open${waits}`;
  const { since, why, failures } = closure;
  const tries = `${failures} ${failures === 1 ? 'refusal' : 'refusals'} in a row`;
  return `${name.padEnd(12)}closed since ${clockTime(since)} (${why}); ${tries}, next try at ${clockTime(opensAt(closure))}${waits}`;
};
