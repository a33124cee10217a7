/** How far a search is. */
export interface Progress {
  readonly elapsedMs: number;
  readonly jobs: number;
  readonly seeds: number;
  readonly violations: number;
  /** The share of the cells of the coverage that were reached, from 0 to 1. */
  readonly reached: number;
}

/** `01:05  310 seeds, 2.4 a second and core, 0 violations, 81 % of the coverage`. */
export const progressLine = (progress: Progress): string => {
  const { elapsedMs, seeds, violations, reached } = progress;
  const seconds = Math.floor(elapsedMs / 1_000);
  const clock = [Math.floor(seconds / 60), seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return [
    `${clock}  ${numberText(seeds)} seeds`,
    `${rateOf(progress).toFixed(1)} a second and core`,
    `${violations} ${violations === 1 ? 'violation' : 'violations'}`,
    `${Math.floor(reached * 100)} % of the coverage`,
  ].join(', ');
};

/** Seeds a second and core. */
export const rateOf = ({ elapsedMs, jobs, seeds }: Progress): number =>
  elapsedMs === 0 ? 0 : seeds / (elapsedMs / 1_000) / jobs;

/** `12,345`. */
export const numberText = (value: number): string => value.toLocaleString('en-US');
