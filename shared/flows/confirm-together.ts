import type { Launching } from '../core/task.ts';
import { type ConfirmPorts, confirmPlace } from './take-place.ts';

/** So many places are confirmed at once. With more, the limit would have many names in its item, and each write costs all of it. */
const mostTogether = 10;

/** Confirms the places of rows that come one after the other. */
export interface Confirms {
  /** The run of this row was launched. */
  readonly add: (row: Launching) => Promise<void>;
  /** No more rows come: the last ones are confirmed. */
  readonly finish: () => Promise<void>;
}

/** Confirms places together, so that they share a write of their limit. Never throws: the sweep confirms what fails here. */
export const confirmTogether = (ports: ConfirmPorts): Confirms => {
  let rows: Launching[] = [];
  const finish = async (): Promise<void> => {
    const now = rows;
    rows = [];
    await Promise.all(now.map((row) => confirmPlace(ports, row)));
  };
  return {
    add: async (row) => {
      rows.push(row);
      if (rows.length >= mostTogether) await finish();
    },
    finish,
  };
};
