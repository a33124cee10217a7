/** How the SDK's clients reach AWS; what is absent is found by the SDK's own rules (environment, profile, role). */
export interface Reach {
  readonly region?: string;
  /** The local stack's address. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Ends every call that is under way. */
  readonly signal?: AbortSignal;
}

/** What a client is made with, and what each of its calls is sent with. */
export const clientOf = (
  reach: Reach,
): {
  readonly config: Omit<Reach, 'signal'>;
  readonly sending: { readonly abortSignal?: AbortSignal };
} => {
  const { signal, ...config } = reach;
  return { config, sending: signal ? { abortSignal: signal } : {} };
};
