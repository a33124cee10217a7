import type { Chance } from '../chance.ts';
import { type Called, callsOf, inheritedCalls } from '../flow-calls.ts';
import type { Happening } from '../happening.ts';
import { type Frame, minute, second } from '../plan-frame.ts';
import type { Scene } from './scene.ts';

/**
 * settle ends when it has written the ends of runs and has carried out nothing: whoever comes next to such a row inherits its effects.
 * That is `control`, or the previous release's `play`, with a cancel or a redrive, and dispatch with a doorbell. Some redriven tasks
 * find their tool paused, while RabbitMQ is slow.
 */
export const inheritance =
  (heir: 'control' | 'play'): Scene =>
  (chance, frame) => ({
    shape: {
      traits: { eventLoss: 0, eventDelayMs: [0, 500], provisioningMs: [100, 1_000] },
      spared: ['dynamodb', 'ecs', 'rabbitmq', 'ssm'],
      tool: ({ spec, temper, ...tool }) => ({
        ...tool,
        spec: { ...spec, attempts: 2, delaysMs: [0], exitCodes: {} },
        temper: {
          ...temper,
          failures: 0.8,
          exitCodes: [64, 1],
          durationMs: [1_000, 5_000],
          unstartable: 0,
          endless: 0,
        },
      }),
      happenings: [
        ...Array.from({ length: 14 }, (_, n) => inherited(chance, frame, n)).flat(),
        ...(heir === 'play' ? [lateDeployment(frame)] : []),
      ],
    },
    calls: [
      ...callsOf[heir].filter((call) => call !== 'broker.submit' && call !== 'broker.backlog'),
      ...inheritedCalls.flatMap(({ flow, call }) => (flow === heir ? [call] : [])),
    ]
      .concat(seldomest)
      .map((call): Called => ({ flow: heir, call }))
      .concat(ofDispatch, ofDispatch),
  });

/** Once more, because few of the crashes meet them. */
const seldomest = ['versions.saveVersion', 'versions.saveVersion', 'gates.touch', 'broker.bury'];

const ofDispatch: readonly Called[] = [
  { flow: 'dispatch', call: 'versions.readVersion' },
  { flow: 'dispatch', call: 'versions.saveVersion' },
  { flow: 'dispatch', call: 'runs.stop' },
];

/** Until then the previous release works. */
const lateDeployment = ({ calmAt }: Frame): Happening => ({
  kind: 'deploy',
  at: calmAt - minute,
  to: 'current',
});

/** One task after another. */
const inherited = (chance: Chance, { start, tools }: Frame, nth: number): readonly Happening[] => {
  const at = start + (80 + nth * 90) * second;
  const taskId = `left-${nth + 1}`;
  const tool = tools[nth % tools.length] ?? 'echo';
  const publish = { kind: 'publish', queue: 'davit.tasks', id: taskId } as const;
  const redriveAt = at + chance.whole(12, 45) * second;
  const isPaused = chance.is(0.4);
  return [
    { ...publish, at, body: JSON.stringify({ tool }), replyTo: 'reply.web' },
    {
      kind: 'crash',
      at,
      point: {
        flow: 'settle',
        call: 'versions.readVersion',
        nth: 1,
        moment: 'before',
        how: 'halt',
      },
    },
    ...[8, 11, 15].map((seconds) => ({ ...publish, at: at + seconds * second, body: '', run: 2 })),
    ...(chance.is(0.3)
      ? [
          {
            kind: 'play',
            at: at + chance.whole(2, 12) * second,
            taskId,
            fact: { kind: 'cancelAsked', taskId },
          } as const,
        ]
      : []),
    ...(isPaused
      ? ([
          { kind: 'pause', at: redriveAt - 8 * second, tool },
          {
            kind: 'trouble',
            at: redriveAt - second,
            service: 'rabbitmq',
            how: 'slow',
            until: redriveAt + 10 * second,
          },
          { kind: 'resume', at: redriveAt + 30 * second, tool },
        ] as const)
      : []),
    { kind: 'play', at: redriveAt, taskId, fact: { kind: 'redriveAsked' } },
    // Another message under the same id.
    {
      ...publish,
      at: at + chance.whole(5, 60) * second,
      body: JSON.stringify({ tool: 'unknown' }),
    },
  ];
};
