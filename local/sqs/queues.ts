import { createHash, randomUUID } from 'node:crypto';
import { openJournal, readJournal } from '../machine/journal.ts';
import type { QueueSpec } from './plan.ts';
import { applied, type Entry, entriesOf, isEntry, type QueueMessage } from './queue-entries.ts';

/** The standard SQS queues of this machine: in memory, and in a journal that outlives a crash. */
export interface Queues {
  readonly send: (arn: string, body: string) => void;
  /** Up to `max` visible messages, each hidden from now on for the queue's visibility timeout. */
  readonly receive: (arn: string, max: number) => readonly QueueMessage[];
  readonly remove: (arn: string, receipt: string) => void;
  /** How many messages can be received, and when the next one can, now included; undefined for an empty queue. */
  readonly outlook: (arn: string) => {
    readonly visible: number;
    readonly nextAt: number | undefined;
  };
  readonly size: (arn: string) => number;
  /** Calls back after each `send` to the queue. */
  readonly onSend: (arn: string, listener: () => void) => void;
  readonly close: () => void;
}

interface Queue {
  readonly spec: QueueSpec;
  readonly messages: Map<string, QueueMessage>;
  listener: () => void;
}

/** The MD5 of a body, which SQS sends along so that a receiver can check it. */
export const md5Of = (body: string): string => createHash('md5').update(body).digest('hex');

/** Opens the queues with what they held. Who had received a message is gone with the old process: all are visible again. */
export const openQueues = (
  path: string,
  specs: readonly QueueSpec[],
  log: (line: string) => void = () => {},
): Queues => {
  const queues = new Map<string, Queue>(
    specs.map((spec) => [spec.arn, { spec, messages: new Map(), listener: () => {} }]),
  );

  const apply = (entry: Entry): QueueMessage | undefined => {
    const messages = queues.get(entry.arn)?.messages;
    const after = applied(messages?.get(entry.id), entry);
    if (after === undefined) messages?.delete(entry.id);
    else messages?.set(entry.id, after);
    return after;
  };

  for (const entry of readJournal(path)) if (isEntry(entry)) apply(entry);
  const kept = (): readonly Entry[] =>
    [...queues.values()].flatMap(({ spec, messages }) =>
      [...messages.values()].flatMap((message) => entriesOf(spec.arn, message)),
    );
  let journal = openJournal(path, kept());

  const beginAnew = (): void => {
    try {
      const next = openJournal(path, kept());
      journal.close();
      journal = next;
    } catch (cause) {
      journal.stayLong();
      log(`${path} is not shortened: ${cause}`);
    }
  };

  const record = (entry: Entry): QueueMessage | undefined => {
    journal.append(entry);
    const after = apply(entry);
    if (journal.isLong()) beginAnew();
    return after;
  };

  const named = (arn: string): Queue => {
    const queue = queues.get(arn);
    if (queue === undefined) throw new Error(`There is no queue ${arn} in the template.`);
    return queue;
  };

  const send = (arn: string, body: string): void => {
    const queue = named(arn);
    record({ op: 'send', arn, id: randomUUID(), body, at: Date.now() });
    queue.listener();
  };

  const buried = (queue: Queue, message: QueueMessage): boolean => {
    const redrive = queue.spec.redrive;
    if (redrive === undefined || message.receives < redrive.maxReceiveCount) return false;
    send(redrive.deadQueueArn, message.body);
    record({ op: 'remove', arn: queue.spec.arn, id: message.id });
    return true;
  };

  const receive = (arn: string, max: number): readonly QueueMessage[] => {
    const queue = named(arn);
    const now = Date.now();
    const received: QueueMessage[] = [];
    for (const message of [...queue.messages.values()]) {
      if (received.length >= max) break;
      if (message.visibleAt > now || buried(queue, message)) continue;
      const seen = record({ op: 'receive', arn, id: message.id, at: now });
      if (seen === undefined) continue;
      const hidden = {
        ...seen,
        visibleAt: now + queue.spec.visibilityTimeoutMs,
        receipt: `${message.id}/${seen.receives}`,
      };
      queue.messages.set(message.id, hidden);
      received.push(hidden);
    }
    return received;
  };

  return {
    send,
    receive,
    remove: (arn, receipt) => {
      const id = receipt.slice(0, receipt.indexOf('/'));
      if (named(arn).messages.has(id)) record({ op: 'remove', arn, id });
    },
    outlook: (arn) => {
      const now = Date.now();
      let visible = 0;
      let nextAt: number | undefined;
      for (const { visibleAt } of named(arn).messages.values()) {
        if (visibleAt <= now) visible += 1;
        if (nextAt === undefined || visibleAt < nextAt) nextAt = visibleAt;
      }
      return { visible, nextAt };
    },
    size: (arn) => named(arn).messages.size,
    onSend: (arn, listener) => {
      named(arn).listener = listener;
    },
    close: () => journal.close(),
  };
};
