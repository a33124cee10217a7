import { seeded } from '../models/seeded.ts';

/** What happens to the stack while it works. */
export type Trouble =
  /** The process of a function ends at one of its next calls of AWS, before it is carried out or after it. */
  | {
      readonly kind: 'kill';
      readonly functionName: string;
      readonly phase: 'before' | 'after';
      readonly calls: number;
    }
  /** A function gets the bundle of the previous release, or its own again. */
  | { readonly kind: 'deploy'; readonly functionName: string; readonly previous: boolean }
  /** RabbitMQ is stopped, and started again. */
  | { readonly kind: 'broker' }
  /** A host ends with all its containers; `pick`, from 0 to 1, chooses which. */
  | { readonly kind: 'host'; readonly pick: number }
  /** A person stops a running container. */
  | { readonly kind: 'stop'; readonly pick: number }
  /** A publisher sends messages again that it has sent before, this share of them. */
  | { readonly kind: 'again'; readonly share: number };

/** One trouble, which begins when so many tasks have been started. */
export interface Step {
  readonly afterStarts: number;
  readonly trouble: Trouble;
}

/**
 * The troubles of a number of tasks, in order: each kind at least once, and two for each hundred tasks beyond. One seed makes one plan.
 * Stops of the broker are few, because everything waits for each of them.
 */
export const chaosPlan = (seed: number, tasks: number): readonly Step[] => {
  const next = seeded(seed);
  const from = <T>(list: readonly [T, ...T[]]): T =>
    list[Math.floor(next() * list.length)] ?? list[0];

  const troubles: readonly [() => Trouble, ...(() => Trouble)[]] = [
    () => ({
      kind: 'kill',
      functionName: from(killed),
      phase: from(['before', 'after']),
      calls: 1 + Math.floor(next() * 12),
    }),
    () => ({ kind: 'deploy', functionName: from(deployed), previous: next() < 0.7 }),
    () => ({ kind: 'host', pick: next() }),
    () => ({ kind: 'stop', pick: next() }),
    () => ({ kind: 'again', share: next() / 10 }),
  ];
  const more = Array.from({ length: Math.floor(tasks / 50) }, () => from(troubles)());
  const brokers = Array.from(
    { length: Math.ceil(tasks / 1_000) },
    (): Trouble => ({ kind: 'broker' }),
  );
  return [...troubles.map((make) => make()), ...brokers, ...more]
    .map((trouble) => ({ afterStarts: Math.floor(next() * 0.9 * tasks), trouble }))
    .sort((a, b) => a.afterStarts - b.afterStarts);
};

const killed = ['davit-local-dispatch', 'davit-local-settle', 'davit-local-sweep'] as const;
const deployed = [...killed, 'davit-local-control', 'davit-local-release'] as const;
