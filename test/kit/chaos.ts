import { ECSClient, ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import type { SeenCall, Stack } from '../../local/stack.ts';
import type { Trouble } from './chaos-plan.ts';
import { reachOf } from './local-stack.ts';
import { childrenWith } from './peak-memory.ts';
import { until } from './until.ts';

/** The troubles of one stack. */
export interface Chaos {
  /** For the faults with which the stack is started. */
  readonly onCall: (call: SeenCall) => 'killCaller' | undefined;
  /** Begins a trouble. A kill waits for its call; all others are over when this resolves. */
  readonly begin: (stack: Stack, trouble: Trouble) => Promise<void>;
}

/** A kill that waits for its call. */
interface Armed {
  readonly functionName: string;
  readonly phase: SeenCall['phase'];
  calls: number;
}

/** Opens the troubles of one stack. `packages` are the folders of bundles between which a deployment chooses. */
export const openChaos = (parts: {
  readonly packages: { readonly previous: string; readonly current: string };
  readonly publishAgain: (share: number) => Promise<void>;
}): Chaos => {
  const armed = new Set<Armed>();

  const begin = async (stack: Stack, trouble: Trouble): Promise<void> => {
    switch (trouble.kind) {
      case 'kill':
        armed.add({ ...trouble });
        return;
      case 'deploy':
        stack.deployCode(
          trouble.functionName,
          trouble.previous ? parts.packages.previous : parts.packages.current,
        );
        return;
      case 'broker':
        await stack.rabbit.stop();
        await stack.rabbit.start();
        return;
      case 'host':
        endHost(trouble.pick);
        return;
      case 'stop':
        await stopOne(stack, trouble.pick);
        return;
      case 'again':
        await parts.publishAgain(trouble.share);
        return;
    }
  };

  return {
    onCall: ({ functionName, phase }) => {
      for (const one of armed) {
        if (one.functionName !== functionName || one.phase !== phase) continue;
        one.calls -= 1;
        if (one.calls > 0) continue;
        armed.delete(one);
        return 'killCaller';
      }
      return undefined;
    },
    begin,
  };
};

const picked = <T>(list: readonly T[], pick: number): T | undefined =>
  list[Math.floor(pick * list.length)];

/** Ends one of the agents, which stand for hosts, with all its containers. Without /proc no agent is found. */
const endHost = (pick: number): void => {
  const agent = picked(childrenWith('ecs/runtime/agent.ts'), pick);
  if (agent !== undefined) process.kill(agent, 'SIGKILL');
};

/** Stops one of the ECS tasks as a person would, once there is one. */
const stopOne = async (stack: Stack, pick: number): Promise<void> => {
  const ecs = new ECSClient(reachOf(stack.addresses));
  const { cluster } = stack.addresses;
  const task = await until(
    'a container to stop',
    async () => picked((await ecs.send(new ListTasksCommand({ cluster }))).taskArns ?? [], pick),
    60_000,
  );
  await ecs.send(new StopTaskCommand({ cluster, task, reason: 'a person stopped it' }));
  ecs.destroy();
};
