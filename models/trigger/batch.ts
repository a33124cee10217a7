import { eventOf, recordOf, type TriggerMessage } from './event.ts';
import type { TriggerState } from './state.ts';

/** The largest event of Lambda, in bytes of JSON (Lambda guide, quotas). */
const maxPayloadBytes = 6 * 1024 * 1024;
/** A larger body may not fit into an event, with its properties and as base64. */
const maxBodyBytes = 4 * 1024 * 1024;

/** The bytes of a message's record in the event; undefined when the message is too large for any event. */
export const recordBytesOf = (state: TriggerState, message: TriggerMessage): number | undefined => {
  const frame = JSON.stringify({ ...recordOf(message), data: '' });
  const bytes = new TextEncoder().encode(frame).length + message.bodyBase64.length;
  const fits = message.bodyBytes <= maxBodyBytes && bytes <= maxPayloadBytes - envelopeBytes(state);
  return fits ? bytes : undefined;
};

/** How many of the waiting messages fit into one event, at least one. */
export const sizeOfBatch = (state: TriggerState): number => {
  let bytes = envelopeBytes(state);
  const { batchSize } = state.options;
  const over = state.waiting.slice(0, batchSize).findIndex((each) => {
    bytes += each.bytes + 1;
    return bytes > maxPayloadBytes;
  });
  return over === -1 ? Math.min(batchSize, state.waiting.length) : Math.max(1, over);
};

/** Whether the next batch is full: it has the most messages, or the next message does not fit into its event. */
export const isFull = (state: TriggerState): boolean => {
  const size = sizeOfBatch(state);
  return size >= state.options.batchSize || size < state.waiting.length;
};

const envelopeBytes = (state: TriggerState): number =>
  JSON.stringify(eventOf(state.options, [])).length;
