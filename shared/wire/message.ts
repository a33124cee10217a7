import { createHash } from 'node:crypto';
import { present } from '../core/present.ts';
import type {
  Delivery,
  Envelope,
  Original,
  Rejection,
  Request,
  Submission,
} from '../core/request.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { lengths, mostBodyBytes } from './ranges.ts';
import { defaultReplyPrefix, replyAddressFault } from './reply-address.ts';
import { readRequest } from './request.ts';
import { shown } from './shown.ts';

/** One AMQP message as `davit.tasks` delivers it: the properties that Davit reads, and the body. */
export interface Message {
  readonly id?: string | undefined;
  /** The header `davit-run`, unchanged. */
  readonly run?: unknown;
  /** The header `davit-dead`, unchanged: a dead letter that was put back has it. */
  readonly dead?: unknown;
  readonly priority?: number | undefined;
  readonly replyTo?: string | undefined;
  readonly correlationId?: string | undefined;
  /** The publisher's other properties and headers, in the form that a row keeps. */
  readonly properties?: string | undefined;
  /** The publisher's content encoding. Davit reads only plain JSON. */
  readonly contentEncoding?: string | undefined;
  /** The broker's word for why it dead-lettered the message. */
  readonly death?: string | undefined;
  readonly body: Uint8Array;
}

const idForm = /^[A-Za-z0-9_-]{1,100}$/;

/** Whether a text may be the id of a task. */
export const isTaskId = (text: string): boolean => idForm.test(text);

/**
 * Reads a message as a task or a doorbell, with the reply address if Davit may write there (`replyAddressFault`). It never throws:
 * any other message is `unusable`, with a sentence that says why.
 */
export const deliveryOf = (message: Message, replyPrefix: string): Delivery => {
  if (message.body.byteLength === 0 && message.run !== undefined && message.run !== null) {
    return doorbellOf(message, replyPrefix);
  }
  const deadRun = runOf(message.dead);
  const delivery = withBodyOf(message, replyPrefix);
  return deadRun === undefined ? delivery : { kind: 'returned', run: deadRun, delivery };
};

/** What a row keeps of a message that is rejected, whatever the reason is. */
export const messageWith = (message: Message, replyPrefix: string): Omit<Rejection, 'reason'> =>
  unusable(message, '', replyPrefix).rejection;

/** A message on `davit.control` as one that cannot be read. Its row never has the id of a task: the message is about other rows. */
export const unusableAsk = (message: Message, reason: string, replyPrefix: string): Rejection => {
  const { rejection } = unusable(message, reason, replyPrefix);
  return { ...rejection, taskId: rejection.strangerId };
};

/** The request of a body that was accepted before. Throws UnreadableRow when this version cannot read it: a newer Davit accepted it, or its row was edited by hand. */
export const requestOf = (payload: Uint8Array): Request => {
  const read = readRequest(payload);
  if (!read.ok) {
    throw new UnreadableRow(
      `A body that was accepted before cannot be read now: ${read.reason} Was its row written by a newer Davit, or edited by hand?`,
    );
  }
  return read.request;
};

/** Reads a body for `control`'s submit, by the rules for a delivered message. It has no reply address. */
export const submissionOf = (id: string, body: Uint8Array): Submission | { reason: string } => {
  const delivery = withBodyOf({ id, body }, defaultReplyPrefix);
  return delivery.kind === 'task' ? delivery.submission : { reason: delivery.rejection.reason };
};

const withBodyOf = (message: Message, replyPrefix: string): Original => {
  const fault = idFault(message) ?? addressFault(message, replyPrefix) ?? sizeFault(message);
  if (fault !== undefined) {
    return unusable(message, fault, replyPrefix);
  }
  const read = readRequest(message.body, message.contentEncoding);
  return read.ok
    ? {
        kind: 'task',
        submission: {
          ...envelopeOf(message, replyPrefix),
          request: read.request,
          payload: message.body,
        },
      }
    : unusable(message, read.reason, replyPrefix);
};

/** A doorbell has no body. In a message with a body, the header `davit-run` is ignored. */
const doorbellOf = (message: Message, replyPrefix: string): Delivery => {
  const run = runOf(message.run);
  const fault = idFault(message);
  return message.id === undefined || fault !== undefined || run === undefined
    ? unusable(
        message,
        fault ??
          `A doorbell's header davit-run must be a whole number from 1, but is ${shown(message.run)}. Doorbells are Davit's own: publish a task with a body instead.`,
        replyPrefix,
      )
    : { kind: 'doorbell', taskId: message.id, run };
};

const runOf = (header: unknown): number | undefined => {
  const text = typeof header === 'number' || typeof header === 'string' ? String(header) : '';
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
};

const idFault = ({ id }: Message): string | undefined => {
  if (id !== undefined && isTaskId(id)) {
    return undefined;
  }
  const came = id === undefined ? 'the message has none' : `it is ${shown(id)}`;
  return `message_id must be 1 to 100 letters, digits, _ or -, but ${came}. Publish it with an id of its own: it is the task's name and the guard against duplicates.`;
};

const unusable = (
  message: Message,
  reason: string,
  replyPrefix: string,
): Original & { readonly kind: 'unusable' } => {
  const isKept = message.body.byteLength > 0 && sizeFault(message) === undefined;
  const payload = isKept ? message.body : undefined;
  return {
    kind: 'unusable',
    rejection: { ...envelopeOf(message, replyPrefix), reason, ...present({ payload }) },
  };
};

const envelopeOf = (message: Message, replyPrefix: string): Envelope => {
  // The zero byte separates the two, so that another id with another body cannot give the same name.
  const strangerId = `x-${sha256(message.id ?? '', '\0', message.body)}`;
  const { replyTo, correlationId } = message;
  const hasAddress = replyTo && replyAddressFault(replyTo, replyPrefix) === undefined;
  return {
    taskId: message.id !== undefined && isTaskId(message.id) ? message.id : strangerId,
    digest: sha256(message.body),
    strangerId,
    payloadBytes: message.body.byteLength,
    priority: Math.min(9, Math.max(0, Math.trunc(message.priority ?? 0) || 0)),
    ...present({
      replyTo: hasAddress ? replyTo : undefined,
      correlationId: correlationId && isShort(correlationId) ? correlationId : undefined,
      messageProperties: message.properties,
    }),
  };
};

const sha256 = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(part);
  }
  return hash.digest('hex');
};

const isShort = (text: string): boolean => Buffer.byteLength(text) <= lengths.short.most;

const sizeFault = ({ body }: Message): string | undefined =>
  body.byteLength > mostBodyBytes
    ? `The body must be at most ${mostBodyBytes} bytes, but has ${body.byteLength}. Put the input in S3, pass its URL, and publish that under a new message_id.`
    : undefined;

/** Why Davit cannot answer at the address of a message, and what to do. Undefined when it can, or when the message has none. */
export const addressFault = (
  { replyTo, correlationId = '' }: Message,
  replyPrefix: string,
): string | undefined => {
  const fault = replyTo ? replyAddressFault(replyTo, replyPrefix) : undefined;
  if (fault !== undefined || isShort(correlationId)) return fault;
  return `correlation_id must be at most ${lengths.short.most} bytes, but is ${shown(correlationId)}. Publish it again with a shorter one, under a new message_id.`;
};
