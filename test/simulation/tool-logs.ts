import { gzipSync } from 'node:zlib';
import type { Outcome } from './calls.ts';
import type { Container } from './container.ts';
import { fieldsOf } from './fields.ts';
import type { Lambda } from './lambda.ts';
import { names } from './names.ts';
import { polledQueueOf } from './polled-queue.ts';
import type { Speech } from './traits.ts';
import type { World } from './world.ts';

/** A line that a container printed. */
export interface Printed {
  readonly container: Container;
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
  /** CloudWatch Logs has skipped it. */
  isLost: boolean;
}

/** The logs of the containers, the subscription that brings their lines to `relay`, and the queue of deliveries that failed. */
export interface ToolLogs {
  readonly write: (container: Container, message: string) => void;
  readonly start: (lambda: Lambda) => void;
  readonly all: readonly Printed[];
  /** How many deliveries are under way, or wait in the queue. */
  readonly waiting: () => number;
  /** GetLogEvents, from the end of a stream. */
  readonly call: (input: unknown) => Outcome;
}

/** Lambda tries an asynchronous invocation again after these times (Lambda developer guide). */
const againMs = [60_000, 120_000] as const;

/** Logs of which nothing was written. */
export const toolLogsOf = (world: World): ToolLogs => {
  const { timeline, plan } = world;
  const { speech } = plan.traits;
  const chance = world.chance('speech');
  const all: Printed[] = [];
  const pending = new Map<string, Printed[]>();
  // As in infra/queues.yml and serverless.yml.
  const failed = polledQueueOf(world, {
    flow: 'relay',
    stream: 'failed lines',
    queue: {
      name: 'failed-lines',
      visibilityTimeoutMs: 360_000,
      redrive: { deadQueue: 'dead-lines', maxReceiveCount: 240 },
    },
    mapping: { batchSize: 1, maxConcurrency: 5, reportsItems: false },
  });
  let lambda: Lambda | undefined;
  let open = 0;

  const deliver = (lines: readonly Printed[], tries: number): void => {
    if (lambda === undefined) return;
    lambda.invoke('relay', eventOf(lines), ({ kind }) => {
      const waitMs = againMs[tries];
      if (kind === 'returned') open -= 1;
      else if (waitMs !== undefined)
        timeline.at(timeline.now() + waitMs, () => deliver(lines, tries + 1));
      else {
        open -= 1;
        world.note(() => `${lines.length} lines go to the queue of deliveries that failed`);
        failed.send(JSON.stringify(eventOf(lines)));
      }
    });
  };

  const send = (lines: readonly Printed[]): void => {
    const { lost, doubled, delayMs } = world.isCalm() || !speech ? calm : speech;
    if (chance.is(lost)) {
      world.note(() => `the log skips ${lines.length} lines`);
      for (const line of lines) line.isLost = true;
      return;
    }
    const times = chance.is(doubled) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      open += 1;
      timeline.at(timeline.now() + chance.whole(...delayMs), () => deliver(lines, 0));
    }
  };

  return {
    all,
    waiting: () => open + pending.size + failed.waiting(),
    start: (given) => {
      lambda = given;
      failed.start(given);
    },
    write: (container, message) => {
      const timestamp = timeline.now();
      const id = `${all.length}`.padStart(56, '0');
      const line = { container, id, timestamp, message, isLost: false };
      all.push(line);
      const waiting = pending.get(container.taskArn);
      if (waiting) {
        waiting.push(line);
        return;
      }
      pending.set(container.taskArn, [line]);
      timeline.at(timestamp + chance.whole(50, 1_000), () => {
        const lines = pending.get(container.taskArn) ?? [];
        pending.delete(container.taskArn);
        send(lines);
      });
    },
    call: (input) => {
      const { logStreamName, limit } = fieldsOf(input);
      const lines = all.filter(({ container }) => streamOf(container) === logStreamName);
      if (lines.length === 0) {
        const message = 'The specified log stream does not exist.';
        return { ok: false, error: { code: 'ResourceNotFoundException', message } };
      }
      const events = lines
        .slice(-Number(limit))
        .map(({ timestamp, message }) => ({ timestamp, message }));
      return { ok: true, output: { events } };
    },
  };
};

const calm: Omit<Speech, 'silent'> = { lost: 0, doubled: 0, delayMs: [100, 2_000] };

const streamOf = ({ taskArn }: Container): string => `tool/tool/${taskArn.split('/').at(-1)}`;

const eventOf = (lines: readonly Printed[]): object => {
  const [first] = lines;
  const message = {
    messageType: 'DATA_MESSAGE',
    logGroup: names.logGroup,
    logStream: first && streamOf(first.container),
    logEvents: lines.map(({ id, timestamp, message: text }) => ({ id, timestamp, message: text })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(message)).toString('base64') } };
};
