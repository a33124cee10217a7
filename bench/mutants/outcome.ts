import type { Mutant } from './plant.ts';

/** What the tests say of one fault. */
export interface Outcome {
  readonly file: string;
  readonly mutant: Mutant;
  readonly verdict: 'killed' | 'survived' | 'noCoverage';
  /** The test that noticed it. */
  readonly by?: string;
}
