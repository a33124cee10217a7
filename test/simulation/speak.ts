import { type Container, nameOf } from './container.ts';
import type { World } from './world.ts';

/**
 * A run prints pieces of output, how far it is, and its result as its last line. Each line names the run, so that a judge sees
 * whose it is. `lastsMs` is how long the run lasts; one that is ended earlier prints no more.
 */
export const speak = (
  world: World,
  container: Container,
  { lastsMs, write }: { readonly lastsMs: number; readonly write: (message: string) => void },
): void => {
  const { speech } = world.plan.traits;
  if (speech === undefined) return;
  const { timeline } = world;
  const of = nameOf(container);
  const chance = world.chance(`speech ${of}`);
  const pieces = chance.whole(0, 4);
  const steps = chance.pick([0, 0, 20]);
  const isSilent = chance.is(speech.silent);
  const at = (ms: number, word: string, value: object): void =>
    timeline.at(timeline.now() + Math.max(0, Math.floor(ms)), () => {
      if (container.end === undefined) write(`DAVIT_${word} ${JSON.stringify({ of, ...value })}`);
    });
  for (let n = 1; n <= pieces; n += 1) at((lastsMs * n) / (pieces + 1), 'OUTPUT', { n });
  for (let n = 1; n <= steps; n += 1)
    at(Math.min(n * 200, lastsMs - 2), 'PROGRESS', { fraction: n / steps, step: of });
  if (!isSilent) at(lastsMs - 1, 'RESULT', {});
};
