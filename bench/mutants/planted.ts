import { readFileSync } from 'node:fs';
import { type Mutant, mutantsOf, withSwitches } from './plant.ts';

/** A source with its faults. Fault n of a file has the number `first + n` among those of all files. */
export interface Planted {
  readonly file: string;
  readonly first: number;
  readonly mutants: readonly Mutant[];
  /** The text with all of them in it, each inactive. */
  readonly switched: string;
}

/** The global function that the changed sources call. */
export const isAwake = 'isMutantAwake';

/** Plants every fault in these files. */
export const plantedIn = (files: readonly string[]): readonly Planted[] => {
  let first = 0;
  return files.map((file) => {
    const source = readFileSync(file, 'utf8');
    const mutants = mutantsOf(source);
    const planted = {
      file,
      first,
      mutants,
      switched: withSwitches(source, mutants, { isAwake, first }),
    };
    first += mutants.length;
    return planted;
  });
};
