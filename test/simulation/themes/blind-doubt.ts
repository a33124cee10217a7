import { minute, second } from '../plan-frame.ts';
import type { PlannedTool } from '../planned-tool.ts';
import { lasting, ownTasks } from './own-tasks.ts';
import type { Theme } from './theme.ts';

/** Launches are in doubt until their tokens count as dead, and the first list after that may miss a run that lives. */
export const blindDoubt: Theme = {
  perThousand: 35,
  troubledMs: (chance) => chance.whole(65, 80) * minute,
  shape: (chance, frame) => {
    const at = frame.start + chance.whole(1, 5) * minute;
    const until = at + chance.whole(47, 49) * minute;
    return {
      spared: ['dynamodb', 'ecs', 'rabbitmq', 'ssm'],
      traits: { eventLoss: 1, blindReads: 0.9, sweepsSkipped: 0 },
      tool: (tool) => stubborn(lasting(52, 58)(tool)),
      happenings: [
        { kind: 'trouble', at, service: 'ecs', how: 'deaf', until },
        ...ownTasks(chance, frame, { from: at + second, until: at + minute }),
      ],
    };
  },
};

/** Its containers live for two minutes after they were asked to stop, so that the next run meets them. */
const stubborn = ({ spec, temper, ...tool }: PlannedTool): PlannedTool => ({
  ...tool,
  spec: { ...spec, stopTimeoutS: 120 },
  temper: { ...temper, stubborn: 1 },
});
