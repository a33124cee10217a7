import type { Chance } from './chance.ts';
import { type Called, callsOf, rareCalls } from './flow-calls.ts';
import type { CrashPoint, FlowName, Happening } from './happening.ts';
import { type Frame, timeIn } from './plan-frame.ts';

/** The crashes of a plan: most at one call of a port, chosen from all calls of a function or from the rare ones, and some at any call. */
export const crashesOf = (chance: Chance, frame: Frame): readonly Happening[] =>
  Array.from({ length: chance.whole(4, 9) }, () => {
    if (chance.is(0.25)) return crashAt(chance, frame, chance.pick(rareCalls));
    const flow = chance.pick(flows);
    return chance.is(0.85)
      ? crashAt(chance, frame, { flow, call: chance.pick(callsOf[flow]) })
      : crashOf(chance, frame, { flow, nth: chance.whole(1, 60) });
  });

/**
 * A crash at one of the first calls of this kind after a random time, which is often the beginning: a call that is rare is made once or
 * twice in a world.
 */
export const crashAt = (chance: Chance, frame: Frame, called: Called): Happening =>
  crashOf(chance, frame, { ...called, nth: chance.is(0.75) ? 1 : chance.whole(2, 6) });

/** A crash before and one after each of these calls. Few processes freeze, because that delays all others. */
export const crashesAtEach = (
  chance: Chance,
  frame: Frame,
  calls: readonly Called[],
): readonly Happening[] =>
  calls.flatMap((called) =>
    (['before', 'after'] as const).map(
      (moment): Happening => ({
        kind: 'crash',
        at: chance.is(0.6) ? frame.start : timeIn(chance, frame),
        point: {
          ...called,
          nth: chance.is(0.6) ? 1 : chance.whole(2, 4),
          moment,
          how: chance.pick(['throw', 'halt', 'throw', 'halt', 'freeze']),
        },
      }),
    ),
  );

const crashOf = (
  chance: Chance,
  frame: Frame,
  point: Pick<CrashPoint, 'flow' | 'call' | 'nth'>,
): Happening => ({
  kind: 'crash',
  at: chance.is(0.5) ? frame.start : timeIn(chance, frame),
  point: {
    ...point,
    moment: chance.pick(['before', 'after']),
    how: chance.pick(['throw', 'halt', 'freeze']),
  },
});

/** Functions with more work, and so with more states to end in, are named more often. */
const flows: readonly [FlowName, ...FlowName[]] = [
  'dispatch',
  'dispatch',
  'dispatch',
  'settle',
  'settle',
  'sweep',
  'sweep',
  'sweep',
  'sweep',
  'release',
  'release',
  'control',
  'play',
];
