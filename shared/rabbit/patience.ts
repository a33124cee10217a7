import { SilentTarget } from './within.ts';

/**
 * Lets letters to one queue or exchange through, a few at a time, until one of them met silence: then all fail at once, for a
 * while, with what was found. So silence is waited for once, and not by each of a thousand letters.
 */
export type Patience = <T>(target: string, send: () => Promise<T>) => Promise<T>;

/**
 * A quorum queue without a leader makes RabbitMQ hold up the channel once 32 of its messages wait
 * (`quorum_commands_soft_limit`), and what fills a channel that is held up holds up its connection.
 */
const mostUnanswered = 16;

const leftAloneMs = 30_000;

interface Gate {
  letters: number;
  readonly waiting: (() => void)[];
}

/** One patience for all targets. `now` in milliseconds, of a clock that only rises. */
export const patienceOf = (now: () => number): Patience => {
  const silent = new Map<string, { readonly until: number; readonly error: SilentTarget }>();
  const gates = new Map<string, Gate>();

  const failIfSilent = (target: string): void => {
    const known = silent.get(target);
    if (known === undefined) return;
    if (now() < known.until) throw known.error;
    silent.delete(target);
  };

  const note = (target: string, error: SilentTarget): void => {
    // Reply queues come and go: what is over is forgotten, whether it is asked for again or not.
    for (const [name, { until }] of silent) if (until <= now()) silent.delete(name);
    silent.set(target, { until: now() + leftAloneMs, error });
  };

  const enter = async (gate: Gate): Promise<void> => {
    if (gate.letters < mostUnanswered) gate.letters += 1;
    // Who leaves hands its place over.
    else await new Promise<void>((resolve) => gate.waiting.push(resolve));
  };

  const leave = (target: string, gate: Gate): void => {
    const next = gate.waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    gate.letters -= 1;
    if (gate.letters === 0) gates.delete(target);
  };

  return async (target, send) => {
    failIfSilent(target);
    const gate = gates.get(target) ?? { letters: 0, waiting: [] };
    gates.set(target, gate);
    await enter(gate);
    try {
      failIfSilent(target);
      return await send();
    } catch (error) {
      if (error instanceof SilentTarget) note(target, error);
      throw error;
    } finally {
      leave(target, gate);
    }
  };
};
