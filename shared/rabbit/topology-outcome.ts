import { membersOf } from '../core/object.ts';
import type { Answer } from './management.ts';

export type How = 'created' | 'present' | 'set' | 'removed' | 'absent';

/** How one thing was found or made, or a sentence that says what is wrong with it. */
export type Outcome = { readonly how: How } | { readonly fault: string };

/** The status and RabbitMQ's `reason`, which is sometimes an object. */
export const refusal = ({ status, body }: Answer): string => {
  const { reason = body } = membersOf(body);
  return `${status} ${typeof reason === 'string' ? reason : JSON.stringify(reason ?? '')}`;
};

/** The outcome of a call that changes something. */
export const accepted = (answer: Answer, how: How): Outcome =>
  answer.status < 300
    ? { how }
    : {
        fault: `expected the broker to accept it, but ${refusal(answer)} came; correct that and declare again`,
      };

/** The broker's values of the fields that `wanted` has. */
export const asFound = (wanted: object, body: unknown): Readonly<Record<string, unknown>> => {
  const found = membersOf(body);
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, found[key]]));
};
