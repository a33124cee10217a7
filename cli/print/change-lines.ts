import { visibleLine } from '../../shared/wire/visible.ts';
import type { Change } from './changes.ts';
import { phasePaint } from './phase.ts';
import { padded, painted, type Screen } from './text.ts';
import { clockOf } from './time.ts';
import { indent, wrap } from './wrap.ts';

/** A change as `submit --follow` prints it: in one line, or on a screen in as many rows as it needs. */
export const changeLines = (change: Change, screen: Screen): readonly string[] => {
  const first = [
    painted(screen, 'dim', clockOf(change.at)),
    painted(screen, phasePaint(change.phase), padded(change.phase, longestPhase)),
    '',
  ].join('  ');
  return wrap(visibleLine(change.what), indent(whatColumn, first), screen);
};

const longestPhase = 'SUCCEEDED'.length;
const whatColumn = '04:12:07'.length + longestPhase + 4;
