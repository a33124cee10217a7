/** How many requests may be under way, and when the next one may begin. */
export interface SendPace {
  /** Resolves when this sender may send: the senders are numbered from 0, and all but the first may have to stand still. */
  readonly turn: (sender: number) => Promise<void>;
  /** A request was accepted. */
  readonly speedUp: () => void;
  /** A request was refused because there were too many, or was not answered. Answers the wait in ms when it became longer. */
  readonly slowDown: () => number | undefined;
}

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
const lookMs = 100;
/** So many accepted requests in a row let one more sender go on. */
const goodInARow = 5;

/** Begins with all senders at once. A refusal leaves one of them and a pause, which doubles; success brings the others back. */
export const sendPace = (
  senders: number,
  { now, wait }: { readonly now: () => number; readonly wait: (ms: number) => Promise<void> },
  signal: AbortSignal,
): SendPace => {
  let [width, pauseMs, opensAt, good] = [senders, 0, 0, 0];
  return {
    turn: async (sender) => {
      while (!signal.aborted && (sender >= width || now() < opensAt))
        await wait(Math.max(lookMs, sender === 0 ? opensAt - now() : 0));
    },
    speedUp: () => {
      pauseMs = 0;
      good += 1;
      if (good < goodInARow || width === senders) return;
      [width, good] = [width + 1, 0];
    },
    slowDown: () => {
      [width, good] = [1, 0];
      // The others were under way when the first one was refused: that is one refusal.
      if (now() < opensAt) return undefined;
      pauseMs = pauseMs === 0 ? firstPauseMs : Math.min(2 * pauseMs, longestPauseMs);
      opensAt = now() + pauseMs;
      return pauseMs;
    },
  };
};
