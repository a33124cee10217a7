/** What a measurement printed, and which promises it did not meet, as sentences. */
export interface Measured {
  readonly figures: object;
  readonly faults: readonly string[];
}
