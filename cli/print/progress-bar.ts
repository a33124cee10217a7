import { visibleLine } from '../../shared/wire/visible.ts';
import type { Progress } from '../progress-reader.ts';
import { painted, type Screen, truncated } from './text.ts';

const cells = 24;

/** How far a run is, in one line that fits the screen: a bar where the tool says a fraction, and its step. */
export const progressBar = ({ fraction, step }: Progress, screen: Screen): string => {
  const percent = fraction === undefined ? '' : `${Math.floor(fraction * 100)} %`.padStart(5);
  const full = Math.round((fraction ?? 0) * cells);
  const bar =
    fraction === undefined
      ? ''
      : `${painted(screen, 'cyan', '█'.repeat(full))}${painted(screen, 'dim', '░'.repeat(cells - full))} `;
  const room = (screen.columns ?? 80) - 12 - (bar === '' ? 0 : cells + 2) - percent.length;
  return `          ${bar}${percent} ${truncated(visibleLine(step ?? ''), Math.max(0, room))}`.trimEnd();
};

/** The same in a plain line, for a pipe or a file. */
export const progressText = ({ run, fraction, step }: Progress): string => {
  const parts = [
    ...(fraction === undefined ? [] : [`${Math.floor(fraction * 100)} %`]),
    ...(step === undefined ? [] : [visibleLine(step)]),
  ];
  return `          run ${run}: ${parts.join(', ')}`;
};
