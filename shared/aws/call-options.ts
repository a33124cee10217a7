import { present } from '../core/present.ts';

/** The second argument of an SDK client's `send`. */
export interface CallOptions {
  readonly abortSignal?: AbortSignal;
}

/** The options of every call of an adapter: the signal that ends the calls under way, if there is one. */
export const callOptionsOf = (signal: AbortSignal | undefined): CallOptions =>
  present({ abortSignal: signal });
