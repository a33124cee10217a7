import { painted, type Screen, truncated } from './print/text.ts';
import { lengthOf } from './print/time.ts';

/** How far a file of tasks is. */
export interface SendCounts {
  readonly sent: number;
  readonly existing: number;
  readonly wrong: number;
  /** Of the bytes of the file; absent where its size is not known. */
  readonly fraction?: number;
  readonly elapsedMs: number;
}

const cells = 24;

/** `1,200 submitted, 300 there already, 2 wrong`. */
export const countsText = ({ sent, existing, wrong }: SendCounts): string =>
  [
    `${grouped(sent)} submitted`,
    `${grouped(existing)} there already`,
    ...(wrong > 0 ? [`${grouped(wrong)} wrong`] : []),
  ].join(', ');

/** The counts in one line that fits the screen, behind a bar where the size of the file is known. */
export const countsBar = (counts: SendCounts, screen: Screen): string => {
  const { fraction, elapsedMs } = counts;
  const done = counts.sent + counts.existing + counts.wrong;
  const rate = elapsedMs > 0 ? `, ${grouped(Math.round((done * 1_000) / elapsedMs))} a second` : '';
  const left =
    fraction === undefined || fraction === 0 || fraction === 1
      ? ''
      : `, ${lengthOf((elapsedMs * (1 - fraction)) / fraction)} left`;
  const text = `${countsText(counts)}${rate}${left}`;
  const room = (screen.columns ?? 80) - 1;
  if (fraction === undefined) return truncated(text, room);
  const full = Math.round(fraction * cells);
  const bar = `${painted(screen, 'cyan', '█'.repeat(full))}${painted(screen, 'dim', '░'.repeat(cells - full))}`;
  const percent = `${Math.floor(fraction * 100)} %`.padStart(5);
  return `${bar} ${percent}  ${truncated(text, Math.max(0, room - cells - 8))}`;
};

/** Thousands apart, so that large counts can be read. */
const grouped = (count: number): string => count.toLocaleString('en-US');
