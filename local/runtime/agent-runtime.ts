import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RuntimeOrder, RuntimeReport } from '../../models/ecs/types.ts';
import { endLeftovers } from '../children.ts';
import { isObject } from '../endpoint/input.ts';
import type { RuntimeFactory } from './runtime.ts';
import type { AgentSettings, FromAgent, ToAgent } from './wire.ts';

const program = fileURLToPath(new URL('./agent.ts', import.meta.url));

const isReport = (message: unknown): message is FromAgent =>
  isObject(message) && message.kind === 'report';

/**
 * Leaves the containers to an agent in a process of its own. When the agent ends unasked, its containers are
 * ended and reported as lost with their host, and a new agent takes over.
 */
export const agentRuntime =
  (settings: AgentSettings): RuntimeFactory =>
  (tell) => {
    const open = new Set<string>();
    let stopped = false;

    const take = (report: RuntimeReport): void => {
      if (report.kind !== 'started') open.delete(report.taskArn);
      tell(report);
    };

    const say = (message: ToAgent): void => {
      if (agent.connected) agent.send(message, () => {});
    };

    const lose = (): void => {
      if (stopped) return;
      endLeftovers(settings.childrenDir);
      const lost = [...open];
      open.clear();
      agent = launch();
      for (const taskArn of lost) {
        tell({ kind: 'hostLost', taskArn, reason: 'Host terminated: the local agent ended.' });
      }
    };

    function launch(): ChildProcess {
      const started = fork(program, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      started.on('message', (message) => {
        if (!stopped && isReport(message)) take(message.report);
      });
      started.once('exit', lose);
      started.send({ kind: 'open', settings } satisfies ToAgent, () => {});
      return started;
    }

    let agent = launch();

    return {
      carryOut: (order: RuntimeOrder) => {
        if (order.kind === 'start') open.add(order.taskArn);
        say({ kind: 'order', order });
      },
      stop: async () => {
        stopped = true;
        if (agent.exitCode !== null || agent.signalCode !== null) return;
        say({ kind: 'stop' });
        await once(agent, 'exit');
      },
    };
  };
