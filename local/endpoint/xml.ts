import { randomUUID } from 'node:crypto';
import type { WireAnswer } from './call.ts';
import { AwsError, internalError } from './errors.ts';

/** An answer of the query protocol. */
export const xml = (status: number, body: string): WireAnswer => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID() },
  body,
});

/** A text between tags. */
export const escaped = (value: string): string =>
  value.replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`);

/** An error as the query protocol carries it. */
export const xmlError = (cause: unknown): WireAnswer => {
  const { status, code, message } = cause instanceof AwsError ? cause : internalError(cause);
  const type = status < 500 ? 'Sender' : 'Receiver';
  return xml(
    status,
    `<ErrorResponse><Error><Type>${type}</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error>` +
      `<RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  );
};
