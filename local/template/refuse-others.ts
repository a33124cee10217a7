import type { JsonObject } from '../endpoint/input.ts';
import { refuse } from './types.ts';

/** Refuses properties that would be ignored in silence; `file` is the one to change. */
export const refuseOthers = (
  given: JsonObject,
  where: string,
  { known, file }: { readonly known: readonly string[]; readonly file: string },
): void => {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw refuse(
      where,
      `the local AWS does nothing with ${name}; read it in ${file}, or list it there if it makes no difference on one machine.`,
    );
  }
};
