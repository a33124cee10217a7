import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { errorMessage } from '../core/error-message.ts';
import { isUnreachable } from '../core/unreachable.ts';
import type { RefusalsBus } from '../ports/releases.ts';
import type { Bus, Sent } from '../ports.ts';
import {
  brokenEventOf,
  type CloudEvent,
  cloudEventOf,
  refusedEventOf,
} from '../wire/cloud-event.ts';
import { callOptionsOf } from './call-options.ts';

interface Options {
  readonly client: EventBridgeClient;
  /** Name of the event bus. */
  readonly bus: string;
  /** A URI reference for CloudEvents, such as `/davit/prod`. */
  readonly source: string;
  readonly signal?: AbortSignal;
}

/**
 * Puts the events of ended tasks, and of versions that became broken, on an EventBridge bus: source `davit`, the CloudEvents type as
 * detail type, the CloudEvent as detail.
 */
export const eventBus = (options: Options): Bus => ({
  put: (task, effect) => put(options, cloudEventOf(task, effect, options.source), effect.at),
  putBroken: (version) => put(options, brokenEventOf(version, options.source), version.at),
});

/** Puts the events of refused pins on an EventBridge bus, in the same form. */
export const refusalsBus = (options: Options): RefusalsBus => ({
  put: (pin) => put(options, refusedEventOf(pin, options.source), pin.refusal.at),
});

const put = async (
  { client, bus, signal }: Options,
  { type, json }: CloudEvent,
  at: number,
): Promise<Sent> => {
  const entry = {
    EventBusName: bus,
    Source: 'davit',
    DetailType: type,
    Detail: json,
    Time: new Date(at),
  };
  const callOptions = callOptionsOf(signal);
  try {
    const answer = await client.send(new PutEventsCommand({ Entries: [entry] }), callOptions);
    // EventBridge answers 200 also when it did not accept an entry (PutEvents API).
    if (!answer.FailedEntryCount) return { kind: 'sent' };
    const [failed] = answer.Entries ?? [];
    return { kind: 'failed', why: `${failed?.ErrorCode}: ${failed?.ErrorMessage}` };
  } catch (error) {
    const silent = isUnreachable(error) ? { silent: 'peer' as const } : {};
    return { kind: 'failed', why: errorMessage(error), ...silent };
  }
};
