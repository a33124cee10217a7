import type { PinnedTool } from '../shared/aws/pins.ts';

/** What became of a pin. */
export interface PinState {
  readonly state: 'live' | 'refused' | 'overtaken' | 'pinned';
  readonly why?: string;
}

/** Reads from the tool's parameters what became of a pin; undefined while release has not said. */
export const pinStateOf = (
  { version, pinVersion }: { readonly version: string; readonly pinVersion: number },
  now: PinnedTool | undefined,
): PinState | undefined => {
  const live = now?.live;
  // A pin that was deleted and put again counts from 1: the time of writing tells it from the one before.
  const isAnswered = live !== undefined && live.changedAt >= (now?.pinned?.at ?? 0);
  if (isAnswered && live.pinVersion >= pinVersion) {
    // A version that is live already may be refused when it is pinned again: the refusal is the news.
    if (live.refusal?.version === version) return { state: 'refused', why: live.refusal.why };
    if (live.release?.version === version) return { state: 'live' };
  }
  const pinned = now?.pinned;
  return pinned && pinned.pinVersion > pinVersion
    ? { state: 'overtaken', why: `somebody pinned ${pinned.version} meanwhile` }
    : undefined;
};
