import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Bus } from '../ports.ts';
import { cloudEventOf } from '../wire/cloud-event.ts';
import { messageOf } from './away.ts';

interface Options {
  readonly client: EventBridgeClient;
  /** Name of the event bus. */
  readonly bus: string;
  /** A URI reference for CloudEvents, such as `/davit/prod`. */
  readonly source: string;
  readonly signal?: AbortSignal;
}

/** Ended tasks on an EventBridge bus: source `davit`, the CloudEvents type as detail type, the CloudEvent as detail. */
export const eventBus = ({ client, bus, source, signal }: Options): Bus => {
  const sending = signal ? { abortSignal: signal } : {};
  return {
    put: async (task, effect) => {
      const { type, json } = cloudEventOf(task.taskId, effect, source);
      const entry = {
        EventBusName: bus,
        Source: 'davit',
        DetailType: type,
        Detail: json,
        Time: new Date(effect.at),
      };
      try {
        const answer = await client.send(new PutEventsCommand({ Entries: [entry] }), sending);
        // EventBridge answers 200 for an entry that it did not take (PutEvents API).
        if (!answer.FailedEntryCount) return { kind: 'sent' };
        const [failed] = answer.Entries ?? [];
        return { kind: 'failed', why: `${failed?.ErrorCode}: ${failed?.ErrorMessage}` };
      } catch (error) {
        return { kind: 'failed', why: messageOf(error) };
      }
    },
  };
};
