import { present } from '../../shared/core/present.ts';
import { visible, visibleLine } from '../../shared/wire/visible.ts';
import type { Screen } from './text.ts';
import { indent, wrap } from './wrap.ts';

// The colours that `painted` sets. Colours that a tool or a publisher wrote were removed before.
const ownColours = new RegExp(`(${'\u001b'}\\[(?:1|2|22|3[12346]|39)m)`);

/**
 * A line as it is printed to stdout. Commands make text of tools and publishers visible before they print it; this is the
 * second guard, for a command that forgets to. Only text, line ends, tabs and Davit's own colours pass.
 */
export const outputLine = (line: string, { colours }: Screen): string =>
  colours
    ? line
        .split(ownColours)
        .map((part, index) => (index % 2 === 1 ? part : visible(part)))
        .join('')
    : visible(line);

/** A remark as it is printed to stderr: one line, which may quote text of a tool or a publisher. */
export const remarkLine = (sentence: string, columns: number | undefined): string =>
  wrap(
    visibleLine(sentence),
    { ...indent(2), first: '' },
    {
      colours: false,
      ...present({ columns: columns || undefined }),
    },
  ).join('\n');
