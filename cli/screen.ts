import { present } from '../shared/core/present.ts';
import type { Screen } from './print/text.ts';

/** The screen behind a stream of this process. FORCE_COLOR is stronger than NO_COLOR, as in Node. */
export const screenOf = (
  { isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number },
  { NO_COLOR, FORCE_COLOR }: Readonly<Record<string, string | undefined>>,
): Screen => {
  const colours = FORCE_COLOR ? FORCE_COLOR !== '0' : isTTY === true && !NO_COLOR;
  return { colours, ...present({ columns: (isTTY && columns) || undefined }) };
};
