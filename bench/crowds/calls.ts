import type { Outcome, Perform } from '../../test/simulation/calls.ts';

/** One call that AWS got. */
export interface Call {
  readonly name: string;
  readonly input: unknown;
  readonly outcome: Outcome;
}

/** What was seen of the calls of some time, and the CPU time that the models needed for them. */
export interface Seen {
  readonly calls: readonly Call[];
  readonly modelMs: number;
}

/** Passes calls on, and keeps their times. */
export const callsOf = (now: () => number, perform: Perform) => {
  const times = new Map<string, number[]>();
  let seen: { readonly calls: Call[]; modelMs: number } | undefined;

  const watched: Perform = (service, action, input, by) => {
    if (seen === undefined) return perform(service, action, input, by);
    const began = process.cpuUsage();
    const outcome = perform(service, action, input, by);
    const { user, system } = process.cpuUsage(began);
    seen.calls.push({ name: action, input, outcome });
    seen.modelMs += (user + system) / 1_000;
    return outcome;
  };

  const timed: Perform = (service, action, input, by) => {
    const outcome = watched(service, action, input, by);
    const name = outcome.ok ? action : `${action} refused`;
    const known = times.get(name);
    if (known === undefined) times.set(name, [now()]);
    else known.push(now());
    return outcome;
  };

  return {
    perform: timed,
    /** The times of the calls with one of these names since then; those that were refused are `RunTask refused`. */
    since: (from: number, ...names: readonly string[]): readonly number[] =>
      names.flatMap((name) => times.get(name) ?? []).filter((at) => at >= from),
    /** Watches all calls until the work is done. */
    watch: async (work: () => Promise<void>): Promise<Seen> => {
      const found = { calls: [], modelMs: 0 };
      seen = found;
      await work();
      seen = undefined;
      return found;
    },
  };
};
