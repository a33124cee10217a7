import { visible, visibleLine } from '../../shared/wire/visible.ts';
import { hanging, indentOf } from './hanging.ts';
import type { Screen } from './text.ts';

// The colours that `painted` puts, one by one: a stranger's are gone before.
const ours = new RegExp(`(${'\u001b'}\\[(?:1|2|22|3[12346]|39)m)`);

/**
 * A line of stdout as it may leave this program. What prints has made the words of strangers visible already; this is
 * for what forgot it, so that no command can: nothing passes but text, ends of lines and tabs, and this house's colours.
 */
export const outLine = (line: string, { colours }: Screen): string =>
  colours
    ? line
        .split(ours)
        .map((part, index) => (index % 2 === 1 ? part : visible(part)))
        .join('')
    : visible(line);

/** A remark as it may leave this program: one line, which may quote what a stranger wrote. */
export const remarkLine = (sentence: string, columns: number | undefined): string =>
  hanging(
    visibleLine(sentence),
    { ...indentOf(2), first: '' },
    {
      colours: false,
      ...(columns ? { columns } : {}),
    },
  ).join('\n');
