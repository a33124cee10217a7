import type { Chance } from '../chance.ts';
import type { Called } from '../flow-calls.ts';
import type { CrashPoint, Happening } from '../happening.ts';

/** A function ends or freezes at one of the calls around the item of a limit. */
export const crashAtLimit = (chance: Chance, at: number): Happening => ({
  kind: 'crash',
  at,
  point: { ...chance.pick(points), nth: chance.whole(1, 3) },
});

/** What functions read before they write the item of a limit. */
export const readsOfLimit: readonly Called[] = [
  { flow: 'dispatch', call: 'limits.read' },
  { flow: 'dispatch', call: 'limits.waiting' },
  { flow: 'settle', call: 'limits.read' },
  { flow: 'settle', call: 'limits.waiting' },
  { flow: 'sweep', call: 'limits.names' },
  { flow: 'sweep', call: 'limits.read' },
  { flow: 'sweep', call: 'limits.waiting' },
];

/** Around the item of a limit: a function ends before it has told who got a place, or goes on with an old copy of the item. */
const points: readonly [Omit<CrashPoint, 'nth'>, ...Omit<CrashPoint, 'nth'>[]] = [
  { flow: 'settle', call: 'limits.save', moment: 'after', how: 'halt' },
  { flow: 'settle', call: 'limits.save', moment: 'after', how: 'freeze' },
  { flow: 'settle', call: 'limits.save', moment: 'before', how: 'freeze' },
  { flow: 'settle', call: 'broker.ring', moment: 'before', how: 'halt' },
  { flow: 'settle', call: 'tasks.save', moment: 'after', how: 'halt' },
  { flow: 'dispatch', call: 'limits.save', moment: 'before', how: 'freeze' },
  { flow: 'dispatch', call: 'limits.save', moment: 'before', how: 'freeze' },
  { flow: 'dispatch', call: 'limits.save', moment: 'after', how: 'halt' },
  { flow: 'dispatch', call: 'tasks.save', moment: 'before', how: 'freeze' },
  { flow: 'dispatch', call: 'tasks.save', moment: 'after', how: 'throw' },
  { flow: 'dispatch', call: 'runs.launch', moment: 'before', how: 'halt' },
  { flow: 'sweep', call: 'limits.save', moment: 'before', how: 'freeze' },
  { flow: 'sweep', call: 'limits.save', moment: 'after', how: 'halt' },
  { flow: 'sweep', call: 'tasks.inPhase', moment: 'after', how: 'freeze' },
];
