import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RuntimeOrder, RuntimeReport } from '../../../models/ecs/runtime.ts';
import { isObject } from '../../../shared/core/object.ts';
import { endLeftovers } from '../../machine/children.ts';
import { removeContainersAt } from './engine/remove-container.ts';
import type { RuntimeFactory } from './runtime.ts';
import type { AgentSettings, FromAgent, ToAgent } from './wire.ts';

const agentProgram = fileURLToPath(new URL('./agent.ts', import.meta.url));

/** The pause after an agent that ended before it was ready: the next one will probably end too. */
const unreadyMs = 1_000;

/** `program` and `pause` are for tests: another program of the agent, and another clock for the pause before the next one. */
interface AgentParts {
  readonly logged?: (group: string, stream: string) => void;
  readonly program?: string;
  readonly pause?: (over: () => void, ms: number) => NodeJS.Timeout;
}

/**
 * Runs the containers in an agent, which is a process of its own. When the agent ends by itself, its containers are ended and
 * reported as lost with their host, and a new agent is started.
 */
export const agentRuntime =
  (
    settings: AgentSettings,
    { program = agentProgram, pause = setTimeout, logged = () => {} }: AgentParts = {},
  ): RuntimeFactory =>
  (report) => {
    const open = new Set<string>();
    /** Messages for the next agent while there is none. */
    const unsent: ToAgent[] = [];
    let agent: ChildProcess | undefined;
    let timer: NodeJS.Timeout | undefined;
    let stopped = false;

    const take = (one: RuntimeReport): void => {
      if (one.kind !== 'started') open.delete(one.taskArn);
      report(one);
    };

    const hear = (message: Exclude<FromAgent, { kind: 'ready' }>): void => {
      if (message.kind === 'report') take(message.report);
      else for (const stream of message.streams) logged(message.group, stream);
    };

    const send = (message: ToAgent): void => {
      if (agent === undefined) unsent.push(message);
      else if (agent.connected) agent.send(message, () => {});
    };

    const lose = (wasReady: boolean): void => {
      agent = undefined;
      if (stopped) return;
      endLeftovers(settings.childrenDir);
      const lost = [...open];
      open.clear();
      unsent.splice(0);
      const tell = (): void => {
        if (stopped) return;
        timer = pause(launch, wasReady ? 0 : unreadyMs);
        for (const taskArn of lost) {
          report({ kind: 'hostLost', taskArn, reason: 'Host terminated: the local agent ended.' });
        }
      };
      if (settings.engine === undefined) tell();
      // Containers do not end with their agent, and their tasks may run again as soon as they are lost.
      else void removeContainersAt(settings.engine).then(tell, tell);
    };

    const launch = (): void => {
      let ready = false;
      const started = fork(program, [], {
        // A session of its own: Ctrl-C must reach only the stack, which ends its agent in order.
        detached: true,
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      agent = started;
      started.on('message', (message) => {
        if (!isFromAgent(message)) return;
        if (message.kind === 'ready') ready = true;
        else if (!stopped) hear(message);
      });
      const ended = (): void => {
        if (agent === started) lose(ready);
      };
      started.once('exit', ended);
      started.on('error', () => {
        // A message that could not be sent is an error too; the exit of that agent follows.
        if (started.pid === undefined) ended();
      });
      if (started.pid === undefined) return;
      send({ kind: 'open', settings });
      for (const message of unsent.splice(0)) send(message);
    };

    launch();

    return {
      carryOut: (order: RuntimeOrder) => {
        if (order.kind === 'start') open.add(order.taskArn);
        send({ kind: 'order', order });
      },
      stop: async () => {
        stopped = true;
        clearTimeout(timer);
        if (agent === undefined || agent.exitCode !== null || agent.signalCode !== null) return;
        send({ kind: 'stop' });
        await once(agent, 'exit');
      },
    };
  };

const isFromAgent = (message: unknown): message is FromAgent =>
  isObject(message) && kinds.has(message.kind);

const kinds: ReadonlySet<unknown> = new Set<FromAgent['kind']>(['ready', 'logged', 'report']);
