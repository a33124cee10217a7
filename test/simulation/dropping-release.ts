import { openFunctions } from './functions.ts';
import type { Release } from './world.ts';

/** A release with a fault, to test judges with: where it should call this function of a port, it does nothing and takes `answer` for granted. */
export const droppingRelease = (port: string, name: string, answer: unknown): Release => ({
  name: `without ${port}.${name}`,
  openFunctions: (outside) =>
    openFunctions({
      ...outside,
      guard: (guardedName, given) => {
        const guarded = outside.guard(guardedName, given);
        if (guardedName !== port) return guarded;
        return new Proxy(guarded, {
          get: (target, key, receiver) =>
            key === name ? () => Promise.resolve(answer) : Reflect.get(target, key, receiver),
        });
      },
    }),
});
