import type { ParameterChange } from '../core/parameter-change.ts';
import { openChanged } from './open-changed.ts';
import { type SweepPorts, sweep } from './sweep.ts';

/** Sweeps. When a parameter has changed, it only looks at what waits for that, beside the minute's sweep. */
export const sweepOrOpen = (
  ports: SweepPorts,
  changed: ParameterChange | undefined,
  signal?: AbortSignal,
): Promise<void> =>
  changed === undefined ? sweep(ports, signal) : openChanged(ports, changed, signal);
