import type { Phase } from '../../shared/core/task.ts';
import type { Paint } from './text.ts';

/** The colour of a phase: what goes well is green, what needs somebody is red. */
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
