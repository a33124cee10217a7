import type { Chance } from '../chance.ts';
import type { Happening } from '../happening.ts';

/** Messages of three tasks, at random times from `at` on. Their ids are those of no other task of a plan. */
export const tasksFrom = (
  chance: Chance,
  tools: readonly string[],
  { name, at, withinMs }: { readonly name: string; readonly at: number; readonly withinMs: number },
): readonly (Happening & { readonly kind: 'publish'; readonly id: string })[] =>
  [1, 2, 3].map((n) => ({
    kind: 'publish',
    at: at + chance.whole(0, withinMs),
    queue: 'davit.tasks',
    id: `${name}-${n}`,
    body: JSON.stringify({ tool: tools[chance.whole(0, tools.length - 1)] ?? 'echo' }),
    replyTo: 'reply.web',
  }));
