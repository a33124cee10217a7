/** Limits how fast calls to one AWS service are made. */
export interface CallPace {
  /** Resolves when the next call may be made. */
  readonly next: () => Promise<void>;
  /** Called when the service refused a call because there were too many. */
  readonly slowDown: () => void;
}

/** A pace that also says what must not wait for it. */
export interface SparingPace extends CallPace {
  /**
   * Asks for a call that another function makes later if the answer is false: a burst at once, then a tenth of the rate, and none
   * after a refusal. The call itself then hardly waits.
   */
  readonly spares: () => boolean;
}
