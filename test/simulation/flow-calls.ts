import type { CrashPoint, FlowName } from './happening.ts';

/** A call of a port that a function makes. */
export type Called = Required<Pick<CrashPoint, 'flow' | 'call'>>;

/** The calls of ports that a flow makes, as far as a plan aims at one of them. */
export const callsOf: Readonly<Record<FlowName, readonly [string, ...string[]]>> = {
  dispatch: [
    'tasks.create',
    'tasks.save',
    'tasks.read',
    'runs.launch',
    'runs.describe',
    'broker.announce',
    'broker.reply',
    'broker.bury',
    'broker.ring',
    'bus.put',
    'runs.stop',
    'tools.find',
    'tools.version',
  ],
  settle: [
    'tasks.read',
    'tasks.save',
    'broker.ring',
    'broker.announce',
    'broker.reply',
    'broker.bury',
    'bus.put',
    'runs.stop',
  ],
  sweep: [
    'tasks.due',
    'tasks.read',
    'tasks.save',
    'tasks.inPhase',
    'runs.launch',
    'runs.describe',
    'runs.traces',
    'runs.list',
    'runs.stop',
    'broker.ring',
    'broker.backlog',
    'broker.announce',
    'broker.reply',
    'broker.bury',
    'bus.put',
    'place.read',
    'place.save',
  ],
  release: [
    'releases.pins',
    'releases.claim',
    'releases.imageDigest',
    'releases.register',
    'releases.readVersion',
    'releases.saveVersion',
    'releases.saveLive',
    'releases.closeClaim',
    'refusals.put',
  ],
  control: [
    'tasks.read',
    'tasks.create',
    'tasks.save',
    'runs.stop',
    'broker.ring',
    'broker.answer',
    'broker.submit',
    'broker.backlog',
    'broker.bury',
    'broker.reply',
    'broker.announce',
    'bus.put',
  ],
  relay: [
    'runs.describe',
    'tasks.read',
    'tasks.save',
    'lines.read',
    'lines.save',
    'broker.announce',
    'broker.reply',
    'bus.put',
  ],
  play: [
    'tasks.read',
    'tasks.save',
    'tasks.create',
    'runs.stop',
    'broker.ring',
    'broker.reply',
    'broker.announce',
    'broker.bury',
    'bus.put',
  ],
};

/** Calls that many worlds do not make, or only once or twice: plans aim at them more often. */
export const rareCalls: readonly [Called, ...Called[]] = [
  { flow: 'dispatch', call: 'broker.ring' },
  { flow: 'dispatch', call: 'runs.describe' },
  { flow: 'dispatch', call: 'runs.stop' },
  { flow: 'settle', call: 'broker.ring' },
  { flow: 'settle', call: 'runs.stop' },
  { flow: 'sweep', call: 'broker.backlog' },
  { flow: 'sweep', call: 'broker.bury' },
  { flow: 'sweep', call: 'place.save' },
  { flow: 'sweep', call: 'runs.launch' },
  { flow: 'sweep', call: 'runs.stop' },
  { flow: 'release', call: 'releases.closeClaim' },
  { flow: 'release', call: 'releases.saveVersion' },
  { flow: 'control', call: 'broker.submit' },
  { flow: 'play', call: 'broker.announce' },
  { flow: 'play', call: 'broker.bury' },
  { flow: 'play', call: 'broker.reply' },
  { flow: 'play', call: 'broker.ring' },
  { flow: 'play', call: 'bus.put' },
  { flow: 'play', call: 'runs.stop' },
  { flow: 'play', call: 'tasks.create' },
];

/** The calls of limits: only the worlds of their theme aim at them. */
export const limitCallsOf = {
  dispatch: ['limits.save', 'limits.read', 'limits.waiting'],
  settle: ['limits.save', 'limits.read', 'limits.waiting'],
  sweep: ['limits.save', 'limits.read', 'limits.names', 'limits.waiting'],
} as const;

const gateCalls = ['gates.closure', 'gates.saveClosure', 'gates.touch'] as const;

/** The calls that functions make too, and that the crashes of `callsOf` do not aim at: one more there changes every world. */
export const callsBeside: Readonly<Partial<Record<FlowName, readonly string[]>>> = {
  dispatch: [...limitCallsOf.dispatch, ...gateCalls, 'gates.waiters'],
  settle: [...limitCallsOf.settle, ...gateCalls, 'logs.end'],
  sweep: [
    ...limitCallsOf.sweep,
    ...gateCalls,
    'gates.due',
    'gates.looked',
    'gates.retire',
    'gates.waiters',
    'limits.remove',
    'logs.end',
    'tools.find',
    'tools.version',
  ],
  control: [...limitCallsOf.settle, ...gateCalls],
  relay: ['broker.bury', ...limitCallsOf.settle, ...gateCalls],
  play: [...limitCallsOf.settle, ...gateCalls],
};
