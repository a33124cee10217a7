import type { RuntimeFactory } from '../../local/ecs/runtime/runtime.ts';
import type { LogStore } from '../../local/logs/log-store.ts';
import type { RuntimeOrder, RuntimeReport } from '../../models/ecs/runtime.ts';
import { until } from './until.ts';

/** A run that was ordered from a runtime under test. */
export interface OrderedRun {
  readonly taskArn: string;
  readonly reports: () => readonly RuntimeReport[];
  /** Waits until the runtime reports that it has started. */
  readonly started: () => Promise<void>;
  /** Waits for the report of its end, and returns it without the ARN. */
  readonly end: () => Promise<Omit<RuntimeReport, 'taskArn'>>;
  readonly lines: () => readonly string[];
  /** Waits for a line of its output. */
  readonly says: (line: string) => Promise<void>;
  readonly terminate: () => void;
  readonly kill: () => void;
}

type Start = Extract<RuntimeOrder, { kind: 'start' }>;

/** Gives orders to a runtime as ECS does, and keeps what it reports. */
export const openOrders = (make: RuntimeFactory, logs: LogStore) => {
  const reports: RuntimeReport[] = [];
  const runtime = make((report) => reports.push(report));
  let count = 0;

  const order = (
    image: string,
    command: readonly string[],
    more: Partial<Start> = {},
  ): OrderedRun => {
    count += 1;
    const id = `${Date.now().toString(16)}${count.toString(16).padStart(6, '0')}`;
    const taskArn = `arn:aws:ecs:eu-central-1:123456789012:task/davit-local/${id}`;
    const own = () => reports.filter((one) => one.taskArn === taskArn);
    const lines = () =>
      (logs.forward('group', `tool/tool/${id}`, 0)?.events ?? []).map(({ message }) => message);
    runtime.carryOut({
      kind: 'start',
      taskArn,
      container: 'tool',
      image,
      environment: {},
      cpu: 256,
      memoryMiB: 64,
      command,
      logOptions: { 'awslogs-group': 'group', 'awslogs-stream-prefix': 'tool' },
      ...more,
    });
    return {
      taskArn,
      reports: own,
      started: async () => {
        await until(`the start of ${command.join(' ')}`, () => {
          if (own().some(({ kind }) => kind !== 'started')) throw new Error(JSON.stringify(own()));
          return own().length > 0;
        });
      },
      end: async () => {
        const { taskArn: _, ...end } = await until(
          `the end of ${command.join(' ')}`,
          () => own().find(({ kind }) => kind !== 'started'),
          50_000,
        );
        return end;
      },
      lines,
      says: async (line) => {
        await until(`the line ${line}`, () => lines().includes(line));
      },
      terminate: () => runtime.carryOut({ kind: 'terminate', taskArn }),
      kill: () => runtime.carryOut({ kind: 'kill', taskArn }),
    };
  };

  return { order, reports, stop: runtime.stop };
};
