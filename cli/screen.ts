import type { Screen } from './print/text.ts';

/** What a stream of this process is to print on; FORCE_COLOR counts more than NO_COLOR, as Node has it. */
export const screenOf = (
  { isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number },
  { NO_COLOR, FORCE_COLOR }: Readonly<Record<string, string | undefined>>,
): Screen => {
  const colours = FORCE_COLOR ? FORCE_COLOR !== '0' : isTTY === true && !NO_COLOR;
  return { colours, ...(isTTY && columns ? { columns } : {}) };
};
