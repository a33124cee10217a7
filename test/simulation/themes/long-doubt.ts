import type { Trouble } from '../happening.ts';
import { crashAt } from '../plan-crashes.ts';
import { minute, second } from '../plan-frame.ts';
import { quietTool } from './quiet-tool.ts';
import { tasksFrom } from './tasks-from.ts';
import type { Theme } from './theme.ts';

/**
 * A launch is in doubt for longer than ECS keeps its client token. In half of these worlds the call had its effect, its run has
 * ended, and no event says so: then the same call would start a second container.
 */
export const longDoubt: Theme = {
  perThousand: 45,
  troubledMs: (chance) => chance.whole(115, 150) * minute,
  shape: (chance, frame) => {
    const { start, tools } = frame;
    const at = start + chance.whole(1, 10) * minute;
    const how = chance.pick<Trouble>(['deaf', 'deaf', 'silent', 'refusing']);
    const isDeaf = how === 'deaf';
    const until = at + (isDeaf ? chance.whole(75, 95) : chance.whole(50, 75)) * minute;
    return {
      traits: isDeaf ? { eventLoss: 1 } : {},
      tool: isDeaf ? quietTool([1 * second, 4 * minute]) : (tool) => tool,
      happenings: [
        { kind: 'trouble', at, service: 'ecs', how, until },
        ...tasksFrom(chance, tools, { name: 'doubted', at: at + second, withinMs: minute }),
        // Only then runs are looked for by their names.
        ...Array.from({ length: 2 }, () =>
          crashAt(chance, frame, { flow: 'sweep', call: 'runs.traces' }),
        ),
      ],
    };
  },
};
