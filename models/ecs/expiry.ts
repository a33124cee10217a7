import { entryOf, mappedShards, withoutEntry } from '../shards.ts';
import { type EcsState, type Expiry, insertedByTime, type Token } from './state.ts';

export const hourMs = 3_600_000;

export const withExpiry = (state: EcsState, expiry: Expiry): EcsState => ({
  ...state,
  expiries: insertedByTime(state.expiries, expiry),
});

/**
 * When a token expires: after 24 hours, or one hour after its last task stopped, whichever is
 * earlier (ECS guide, idempotency).
 */
export const tokenEndsAt = (token: Token): number => {
  const day = token.createdAt + 24 * hourMs;
  return token.endedAt === undefined ? day : Math.min(day, token.endedAt + hourMs);
};

/** The state without the tasks and tokens that have expired. */
export const pruned = (state: EcsState, now: number): EcsState => {
  const first = state.expiries.findIndex((expiry) => expiry.at > now);
  const expired = first === -1 ? state.expiries : state.expiries.slice(0, first);
  if (expired.length === 0) return state;
  const rest: EcsState = { ...state, expiries: state.expiries.slice(expired.length) };
  return expired.reduce((next, expiry) => withoutExpired(next, expiry, now), rest);
};

/** The state without the past of its tasks, which is half of its size. Only lagging reads use the past, and not after a pause longer than the lag. */
export const withoutPast = (state: EcsState): EcsState => ({
  ...state,
  tasks: mappedShards(state.tasks, ({ task }) => ({ task, past: [] })),
});

const withoutExpired = (state: EcsState, { what, key }: Expiry, now: number): EcsState => {
  if (what === 'task') return { ...state, tasks: withoutEntry(state.tasks, key) };
  const token = entryOf(state.tokens, key);
  if (token === undefined || tokenEndsAt(token) > now) return state;
  return { ...state, tokens: withoutEntry(state.tokens, key) };
};
