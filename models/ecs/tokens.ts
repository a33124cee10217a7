import { entryOf } from '../shards.ts';
import { hourMs, tokenEndsAt, withExpiry } from './expiry.ts';
import { clusterNameOf } from './names.ts';
import type { EcsFailure, EcsOutput } from './output.ts';
import type { RunTaskInput } from './run-task-input.ts';
import { type EcsState, type Token, taskOf, withToken } from './state.ts';
import type { EcsTaskView } from './task-view.ts';
import type { Turn } from './turn.ts';
import { thinViewOf, viewOf } from './views.ts';

/** The key of a token: each cluster has its own tokens. Undefined for a call without a token. */
export const tokenKeyOf = (clusterArn: string, clientToken: string | undefined) =>
  clientToken === undefined ? undefined : `${clusterNameOf(clusterArn)} ${clientToken}`;

/** The result that a token is bound to, until the token expires. */
export const liveTokenOf = (state: EcsState, key: string, now: number): Token | undefined => {
  const token = entryOf(state.tokens, key);
  return token !== undefined && now < tokenEndsAt(token) ? token : undefined;
};

/**
 * The original result again. Tasks are as they are now, with three members only once they have stopped.
 * Failures are as they were; after an hour only their number is kept (ECS guide, idempotency).
 */
export const replayOf = (turn: Turn, token: Token): EcsOutput => {
  const fresh = turn.now < token.createdAt + hourMs;
  return {
    tasks: token.taskArns.flatMap((arn) => replayedTask(turn.state, arn)),
    failures: fresh ? token.failures : token.failures.map(() => ({})),
  };
};

/** Binds a token to the result of its call; a call that is refused binds no token. */
export const keepToken = (
  turn: Turn,
  key: string,
  made: {
    readonly fingerprint: string;
    readonly taskArns: readonly string[];
    readonly failures: readonly EcsFailure[];
  },
): void => {
  const ended = made.taskArns.length === 0 ? { endedAt: turn.now } : {};
  const token: Token = { ...made, createdAt: turn.now, ...ended };
  turn.state = withToken(turn.state, key, token);
  turn.state = withExpiry(turn.state, { at: tokenEndsAt(token), what: 'token', key });
};

/** Two requests have the same fingerprint when they have the same members, in any order. */
export const fingerprintOf = ({
  cluster: _inTheKey,
  clientToken: _inTheKeyToo,
  ...params
}: RunTaskInput): string => {
  const canonical = JSON.stringify(sorted(params));
  return `${canonical.length}-${hash(canonical, 0xdeadbeef)}-${hash(canonical, 0x41c6ce57)}`;
};

const replayedTask = (state: EcsState, arn: string): readonly EcsTaskView[] => {
  const task = taskOf(state, arn);
  if (task === undefined) return [];
  return [task.lastStatus === 'STOPPED' ? thinViewOf(task) : viewOf(task, { tags: true })];
};

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
};

/** Mixing steps as in MurmurHash3, with 32 bits: enough to distinguish the few requests of one token. */
const hash = (value: string, seed: number): string => {
  let mixed = seed;
  for (let at = 0; at < value.length; at += 1) {
    mixed = Math.imul(mixed ^ value.charCodeAt(at), 0x5bd1e995);
    mixed ^= mixed >>> 15;
  }
  return (mixed >>> 0).toString(16);
};
