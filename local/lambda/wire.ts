import { isObject } from '../endpoint/input.ts';

/** What the stack says to a function's process: run this once. */
export interface Order {
  readonly requestId: string;
  readonly payload: string;
  readonly deadlineAt: number;
}

/** What a function's process says: it is loaded, it could not be loaded, or an invocation ended. */
export type Word =
  | { readonly kind: 'ready' }
  | { readonly kind: 'broken'; readonly payload: string }
  | { readonly kind: 'done'; readonly ok: boolean; readonly payload: string };

/** Reads a message of a function's process; undefined for anything else that came over the channel. */
export const wordOf = (message: unknown): Word | undefined => {
  if (!isObject(message)) return undefined;
  if (message.kind === 'ready') return { kind: 'ready' };
  if (typeof message.payload !== 'string') return undefined;
  if (message.kind === 'broken') return { kind: 'broken', payload: message.payload };
  if (message.kind === 'done') {
    return { kind: 'done', ok: message.ok === true, payload: message.payload };
  }
  return undefined;
};
