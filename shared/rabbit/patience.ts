import { SilentTarget } from './within.ts';

/**
 * Sends a few letters at a time to one queue or exchange. When one of them gets no answer (`SilentTarget`), all letters to that
 * target fail at once for a while, with the same error: so only one letter waits for the timeout, and not each of a thousand.
 */
export type Patience = <T>(target: string, send: () => Promise<T>) => Promise<T>;

/**
 * RabbitMQ blocks a channel when 32 of its messages wait for a quorum queue without a leader (`quorum_commands_soft_limit`), and
 * messages to a blocked channel block its connection.
 */
const mostUnanswered = 16;

const leftAloneMs = 30_000;

interface Gate {
  letters: number;
  readonly waiting: (() => void)[];
}

/** One patience for all targets. `now`: milliseconds of a monotonic clock. */
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
    // Reply queues come and go, so entries of the past are removed here: no one may ask for them again.
    for (const [name, { until }] of silent) if (until <= now()) silent.delete(name);
    silent.set(target, { until: now() + leftAloneMs, error });
  };

  const enter = async (gate: Gate): Promise<void> => {
    if (gate.letters < mostUnanswered) gate.letters += 1;
    // A letter that leaves hands its place over to this one.
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
