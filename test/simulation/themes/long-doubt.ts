import type { Trouble } from '../happening.ts';
import { crashAt } from '../plan-crashes.ts';
import { minute } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

/** ECS does not answer for longer than a client token lives. */
export const longDoubt: Theme = {
  perThousand: 60,
  troubledMs: (chance) => chance.whole(90, 150) * minute,
  shape: (chance, frame) => {
    const at = frame.start + chance.whole(1, 10) * minute;
    const how = chance.pick<Trouble>(['deaf', 'silent', 'refusing']);
    const until = at + chance.whole(50, 75) * minute;
    return {
      happenings: [
        { kind: 'trouble', at, service: 'ecs', how, until },
        // Only then runs are looked for by their names.
        ...Array.from({ length: 2 }, () =>
          crashAt(chance, frame, { flow: 'sweep', call: 'runs.traces' }),
        ),
      ],
    };
  },
};
