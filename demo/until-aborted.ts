import type { Scene } from './scene.ts';

/** Rejects with the reason of the signal when it aborts. */
export const whenAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });

/** A scene that throws once the demo was stopped, so that an act ends at its next output. */
export const untilAborted = (scene: Scene, signal: AbortSignal): Scene => {
  const still =
    <Words extends readonly unknown[]>(word: (...words: Words) => void) =>
    (...words: Words): void => {
      signal.throwIfAborted();
      word(...words);
    };
  const { act, say, progress, check } = scene;
  return {
    ...scene,
    act: still(act),
    say: still(say),
    progress: still(progress),
    check: still(check),
  };
};
