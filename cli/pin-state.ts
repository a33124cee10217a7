import type { PinnedTool } from '../shared/aws/pins.ts';

/** How far a pin has come, or why it was not taken. */
export interface PinState {
  readonly state: 'live' | 'refused' | 'overtaken' | 'pinned';
  readonly why?: string;
}

/** The state of a pin by the tool's parameters; undefined while release has not answered it. */
export const pinStateOf = (
  { version, pinVersion }: { readonly version: string; readonly pinVersion: number },
  now: PinnedTool | undefined,
): PinState | undefined => {
  const live = now?.live;
  // SSM counts the versions of a parameter from 1 again after it was deleted. So the time of writing is compared too.
  const isAnswered = live !== undefined && live.changedAt >= (now?.pinned?.at ?? 0);
  if (isAnswered && live.pinVersion >= pinVersion) {
    // The live version may be refused when it is pinned again: then the refusal is the answer.
    if (live.refusal?.version === version) return { state: 'refused', why: live.refusal.why };
    if (live.release?.version === version) return { state: 'live' };
  }
  const pinned = now?.pinned;
  return pinned && pinned.pinVersion > pinVersion
    ? { state: 'overtaken', why: `someone pinned ${pinned.version} in the meantime` }
    : undefined;
};
