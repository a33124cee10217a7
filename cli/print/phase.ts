import type { Phase } from '../../shared/core/task.ts';
import type { Paint } from './text.ts';

/** The colour of a phase: green for success, red for what needs a person. */
export const phasePaint = (phase: Phase): Paint => {
  switch (phase) {
    case 'QUEUED':
      return 'yellow';
    case 'LAUNCHING':
    case 'STARTING':
      return 'blue';
    case 'RUNNING':
      return 'cyan';
    case 'SUCCEEDED':
      return 'green';
    case 'CANCELLED':
      return 'dim';
    case 'FAILED':
    case 'REJECTED':
      return 'red';
  }
};
