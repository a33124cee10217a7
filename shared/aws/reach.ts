import { type CallOptions, callOptionsOf } from './call-options.ts';

/** How the SDK's clients reach AWS. What is absent, the SDK finds by its own rules (environment, profile, role). */
export interface Reach {
  readonly region?: string;
  /** The local stack's address. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Ends every call that is under way. */
  readonly signal?: AbortSignal;
}

/** The configuration for a client's constructor, and the options of each of its calls. */
export const clientOf = (
  reach: Reach,
): { readonly config: Omit<Reach, 'signal'>; readonly callOptions: CallOptions } => {
  const { signal, ...config } = reach;
  return { config, callOptions: callOptionsOf(signal) };
};
