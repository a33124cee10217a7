import { isObject } from '../../shared/core/object.ts';

/** A message in a queue; `receipt` is new at each receipt. */
export interface QueueMessage {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  readonly receives: number;
  readonly firstReceivedAt: number | undefined;
  readonly visibleAt: number;
  readonly receipt: string;
}

/** A change of a message, as the journal has it. */
export type Entry =
  | {
      readonly op: 'send';
      readonly arn: string;
      readonly id: string;
      readonly body: string;
      readonly at: number;
    }
  | { readonly op: 'receive'; readonly arn: string; readonly id: string; readonly at: number }
  | { readonly op: 'remove'; readonly arn: string; readonly id: string };

export const isEntry = (value: unknown): value is Entry =>
  isObject(value) && typeof value.op === 'string' && typeof value.arn === 'string';

/** The message after an entry; undefined if it was removed. */
export const applied = (
  message: QueueMessage | undefined,
  entry: Entry,
): QueueMessage | undefined => {
  switch (entry.op) {
    case 'send':
      return {
        id: entry.id,
        body: entry.body,
        sentAt: entry.at,
        receives: 0,
        firstReceivedAt: undefined,
        visibleAt: entry.at,
        receipt: '',
      };
    case 'receive':
      return (
        message && {
          ...message,
          receives: message.receives + 1,
          firstReceivedAt: message.firstReceivedAt ?? entry.at,
        }
      );
    case 'remove':
      return undefined;
  }
};

/** The entries that lead to a message as it is, except its visibility. */
export const entriesOf = (
  arn: string,
  { id, body, ...message }: QueueMessage,
): readonly Entry[] => [
  { op: 'send', arn, id, body, at: message.sentAt },
  ...Array.from(
    { length: message.receives },
    (): Entry => ({ op: 'receive', arn, id, at: message.firstReceivedAt ?? message.sentAt }),
  ),
];
