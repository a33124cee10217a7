import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { expect } from 'vitest';
import { expectExclusiveRuns, putExclusiveImages } from './exclusive-runs.ts';
import { openKiller, type Series, strikeAtEach } from './kill-at-call.ts';
import { newFolder, openTestStack, type TestStack } from './local-stack.ts';
import { publishTo } from './publish-to.ts';
import { echoOf, type Message, publish } from './publisher.ts';
import { declareQueue, takeEvents } from './replies.ts';
import { until } from './until.ts';

/** A stack in which functions are killed, and what every task of it must come to. */
export interface KilledStack {
  readonly one: TestStack;
  /** Read at each event. */
  readonly faults: { loseEcsEvents: boolean };
  /** A new id: a second try of a test takes other names. */
  readonly idOf: (name: string) => string;
  /** Tasks that must succeed, as messages with a reply address. */
  readonly echoes: (ids: readonly string[], input?: object) => readonly Message[];
  /** Requests to submit such tasks, for `davit.control`. Their publishers get no reply. */
  readonly requests: (ids: readonly string[]) => readonly Message[];
  /** Publishes again when a busy broker refuses the connection; absent a queue, as a publisher does, else as its administrator. */
  readonly send: (messages: readonly Message[], queue?: string) => Promise<unknown>;
  /** Tasks that must be rejected. */
  readonly mustReject: (ids: readonly string[]) => void;
  /** Kills at every call of a series, and prints how many those were. */
  readonly killAtEach: (name: string, series: Series) => Promise<void>;
  /**
   * Waits until every task has ended: succeeded in the run that `runOf` says, or rejected. No run was started twice, no task had
   * two runs at once, and each publisher was notified.
   */
  readonly expectAllEnded: (runOf: (taskId: string) => number) => Promise<void>;
  readonly close: () => Promise<void>;
}

const replies = 'reply.killed';

/** Opens it, with images of `echo` in these versions. */
export const openKilledStack = async (versions: readonly string[]): Promise<KilledStack> => {
  const images = newFolder();
  putExclusiveImages(images, versions);
  const killer = await openKiller();
  const faults = { loseEcsEvents: false, ...killer.faults };
  const one = await openTestStack({ faults, imagesDir: images });
  const { amqp } = one.stack.addresses;
  await declareQueue(amqp, replies);
  const succeeding: string[] = [];
  const silent: string[] = [];
  const rejected: string[] = [];

  const echo = (id: string, input: object = {}): Message =>
    echoOf(id, { appendTo: one.tallyFile, ...input });
  const echoes = (ids: readonly string[], input?: object): readonly Message[] => {
    succeeding.push(...ids);
    return ids.map((id) => ({ ...echo(id, input), replyTo: replies }));
  };

  const notified = async (): Promise<readonly string[]> => {
    const events = await takeEvents(amqp, replies);
    const ends = events.filter(({ what }) => what === 'succeeded' || what === 'rejected');
    return [...new Set(ends.map(({ taskId, what }) => `${taskId} ${what}`))].toSorted();
  };

  return {
    one,
    faults,
    idOf: (name) => `${name}-${randomUUID().slice(0, 8)}`,
    echoes,
    requests: (ids) => {
      silent.push(...ids);
      return ids.map((taskId) => ({
        taskId,
        body: { ask: 'submit', taskId, body: echo(taskId).body },
      }));
    },
    send: (messages, queue) =>
      until('the broker to take the messages', async () => {
        const sent =
          queue === undefined ? publish(amqp, messages) : publishTo(one.stack, queue, messages);
        return sent.then(
          () => true,
          () => undefined,
        );
      }),
    mustReject: (ids) => void rejected.push(...ids),
    killAtEach: async (name, series) => {
      const began = performance.now();
      const ends = await strikeAtEach(killer, series);
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      console.info(`${name}: killed before ${ends[0]} calls and after ${ends[1]}, in ${seconds} s`);
    },
    expectAllEnded: async (runOf) => {
      const count = succeeding.length + silent.length + rejected.length;
      const rows = await one.rows.whenAllEnded(count, 200_000);
      const bad = rows.filter(({ phase }) => phase === 'REJECTED');
      expect(bad.map(({ taskId }) => taskId).toSorted()).toEqual(rejected.toSorted());
      const good = rows.filter((row) => !bad.includes(row));
      expectExclusiveRuns(one.tallyFile, good);
      expect(good.filter(({ taskId, run }) => run !== runOf(String(taskId)))).toEqual([]);
      const expected = [
        ...succeeding.map((id) => `${id} succeeded`),
        ...rejected.map((id) => `${id} rejected`),
      ];
      expect(await notified()).toEqual(expected.toSorted());
    },
    close: async () => {
      await one.close();
      await killer.close();
      rmSync(images, { recursive: true, force: true });
    },
  };
};

/** Whether a payload holds all these texts. */
export const holdsAll = (texts: readonly string[]) => (payload: string) =>
  texts.every((text) => payload.includes(text));

/** How often a call was made. */
export const countOf = (calls: readonly string[], call: string): number =>
  calls.filter((each) => each === call).length;
