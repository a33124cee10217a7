import type { Clock } from '../../shared/ports.ts';

/** Milliseconds that a call takes, by its name; other calls take no time. */
export type Latencies = Readonly<Record<string, number>>;

/** The same port, with a latency before each call. */
export const slow = <P extends object>(port: P, clock: Clock, latencies: Latencies): P =>
  new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      const ms = latencies[String(name)];
      if (typeof member !== 'function' || ms === undefined) return member;
      return async (...given: unknown[]) => {
        await clock.wait(ms);
        return Reflect.apply(member, target, given);
      };
    },
  });
