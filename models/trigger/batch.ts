import { eventOf, recordOf, type TriggerMessage } from './event.ts';
import type { TriggerState } from './state.ts';

/** Lambda's payload: what one event may be, as bytes of JSON (Lambda guide, quotas). */
const payloadMost = 6 * 1024 * 1024;
/** In base64 and with its properties, a larger body is no longer sure to fit into a payload. */
const bodyMost = 4 * 1024 * 1024;

/** Bytes of a message's record in the event, or undefined when no event could carry it. */
export const recordBytesOf = (state: TriggerState, message: TriggerMessage): number | undefined => {
  const frame = JSON.stringify({ ...recordOf(message), data: '' });
  const bytes = new TextEncoder().encode(frame).length + message.bodyBase64.length;
  const fits = message.bodyBytes <= bodyMost && bytes <= payloadMost - envelopeBytes(state);
  return fits ? bytes : undefined;
};

/** How many of those that wait fit into one event, at least one. */
export const sizeOfBatch = (state: TriggerState): number => {
  let bytes = envelopeBytes(state);
  const { batchSize } = state.options;
  const over = state.waiting.slice(0, batchSize).findIndex((each) => {
    bytes += each.bytes + 1;
    return bytes > payloadMost;
  });
  return over === -1 ? Math.min(batchSize, state.waiting.length) : Math.max(1, over);
};

/** The next batch cannot grow: it has the most messages, or the next one is over the payload. */
export const isFull = (state: TriggerState): boolean => {
  const size = sizeOfBatch(state);
  return size >= state.options.batchSize || size < state.waiting.length;
};

const envelopeBytes = (state: TriggerState): number =>
  JSON.stringify(eventOf(state.options, [])).length;
