import { createHash, randomUUID } from 'node:crypto';
import { openJournal, readJournal } from '../machine/journal.ts';
import type { QueueSpec } from './plan.ts';
import { applied, type Entry, entriesOf, isEntry, type QueueMessage } from './queue-entries.ts';

/** The standard SQS queues of this machine: in memory, and in a journal for the next start. */
export interface Queues {
  readonly send: (arn: string, body: string) => void;
  /** Up to `max` visible messages, each hidden from now on for the queue's visibility timeout. */
  readonly receive: (arn: string, max: number) => readonly QueueMessage[];
  readonly remove: (arn: string, receipt: string) => void;
  /** How many messages are visible, and when the next one is, or was; undefined for an empty queue. */
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

/** The MD5 of a body. SQS sends it too, so that a receiver can check the body. */
export const md5Of = (body: string): string => createHash('md5').update(body).digest('hex');

/** Opens the queues with the messages that they held. All are visible again, because their receivers ended with the old process. */
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
  const entries = (): readonly Entry[] =>
    [...queues.values()].flatMap(({ spec, messages }) =>
      [...messages.values()].flatMap((message) => entriesOf(spec.arn, message)),
    );
  let journal = openJournal(path, entries());

  const shortenJournal = (): void => {
    try {
      const next = openJournal(path, entries());
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
    if (journal.isLong()) shortenJournal();
    return after;
  };

  const queueAt = (arn: string): Queue => {
    const queue = queues.get(arn);
    if (queue === undefined) throw new Error(`There is no queue ${arn} in the template.`);
    return queue;
  };

  const send = (arn: string, body: string): void => {
    const queue = queueAt(arn);
    record({ op: 'send', arn, id: randomUUID(), body, at: Date.now() });
    queue.listener();
  };

  const moveToDeadQueue = (queue: Queue, message: QueueMessage): boolean => {
    const redrive = queue.spec.redrive;
    if (redrive === undefined || message.receives < redrive.maxReceiveCount) return false;
    send(redrive.deadQueueArn, message.body);
    record({ op: 'remove', arn: queue.spec.arn, id: message.id });
    return true;
  };

  const receive = (arn: string, max: number): readonly QueueMessage[] => {
    const queue = queueAt(arn);
    const now = Date.now();
    const received: QueueMessage[] = [];
    for (const message of [...queue.messages.values()]) {
      if (received.length >= max) break;
      if (message.visibleAt > now || moveToDeadQueue(queue, message)) continue;
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
      if (queueAt(arn).messages.has(id)) record({ op: 'remove', arn, id });
    },
    outlook: (arn) => {
      const now = Date.now();
      let visible = 0;
      let nextAt: number | undefined;
      for (const { visibleAt } of queueAt(arn).messages.values()) {
        if (visibleAt <= now) visible += 1;
        if (nextAt === undefined || visibleAt < nextAt) nextAt = visibleAt;
      }
      return { visible, nextAt };
    },
    size: (arn) => queueAt(arn).messages.size,
    onSend: (arn, listener) => {
      queueAt(arn).listener = listener;
    },
    close: () => journal.close(),
  };
};
