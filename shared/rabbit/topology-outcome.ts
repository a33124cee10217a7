import { membersOf } from '../wire/object.ts';
import type { Answer } from './management.ts';

export type How = 'created' | 'present' | 'set' | 'removed' | 'absent';

/** How one thing was found or made, or a sentence that says why it is not as it should be. */
export type Outcome = { readonly how: How } | { readonly fault: string };

/** RabbitMQ says why in `reason`; sometimes that is an object. */
export const refusal = ({ status, body }: Answer): string => {
  const { reason = body } = membersOf(body);
  return `${status} ${typeof reason === 'string' ? reason : JSON.stringify(reason ?? '')}`;
};

/** What a call that changes something brought. */
export const accepted = (answer: Answer, how: How): Outcome =>
  answer.status < 300
    ? { how }
    : {
        fault: `expected the broker to take it, but ${refusal(answer)} came; mend that and declare again`,
      };

/** What the broker says of the same fields, and nothing else that it says. */
export const asFound = (wanted: object, body: unknown): Readonly<Record<string, unknown>> => {
  const found = membersOf(body);
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, found[key]]));
};
