import type { Trouble } from '../happening.ts';
import { minute, second } from '../plan-frame.ts';
import { quietTool } from './quiet-tool.ts';
import { inRounds, roundsMs } from './rounds.ts';
import { tasksFrom } from './tasks-from.ts';
import type { Theme } from './theme.ts';

/** Launches have their effect and no answer. Then ECS denies or throttles every call, so also the repeated ones. */
export const deniedDoubt: Theme = {
  perThousand: 20,
  troubledMs: roundsMs,
  shape: (chance, frame) => ({
    traits: { eventDelayMs: [2 * minute, 5 * minute] },
    tool: quietTool([minute, 10 * minute]),
    happenings: inRounds(chance, frame, ({ number, at, until }) => {
      const deafUntil = at + chance.whole(30, 70) * second;
      const how = chance.pick<Trouble>(['denying', 'denying', 'throttling']);
      return [
        { kind: 'trouble', at, service: 'ecs', how: 'deaf', until: deafUntil },
        { kind: 'trouble', at: deafUntil, service: 'ecs', how, until: until - minute },
        ...tasksFrom(chance, frame.tools, {
          name: `denied-${number}`,
          at: at + second,
          withinMs: 10 * second,
        }),
      ];
    }),
  }),
};
