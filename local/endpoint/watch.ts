import type { EcsOptions } from '../../models/ecs/types.ts';
import { AwsError } from './errors.ts';

/** A call as a test may see it, before it is carried out and after. */
export interface SeenCall {
  /** The function whose process called; undefined for anybody else. */
  readonly functionName: string | undefined;
  /** `ecs`, `ssm`, `dynamodb`, `events`, `secretsmanager`, `lambda`, `logs`, `ecr`, `sts`. */
  readonly service: string;
  readonly action: string;
  readonly phase: 'before' | 'after';
  /** How many calls of this function, service, action and phase there were, this one included. */
  readonly n: number;
}

/**
 * What a test does to the system on purpose. `killCaller` ends the calling process: before a call, so that it is never
 * carried out; after it, before its answer leaves.
 */
export interface Faults {
  /** Read at each event, so that a test may change its mind. */
  readonly loseEcsEvents?: boolean;
  /** How this machine's ECS behaves otherwise than usual: doubled events, lags, quotas. */
  readonly ecs?: Partial<EcsOptions>;
  readonly onCall?: (call: SeenCall) => 'killCaller' | undefined;
}

/** Shows every call to the fault plan of a test, and carries out what it asks for. Throws for a call that is not to be carried out. */
export type Watch = (
  accessKeyId: string,
  call: Pick<SeenCall, 'service' | 'action' | 'phase'>,
) => void;

/** A watch that counts calls; without `onCall` it costs nothing. */
export const watchFor = (
  onCall: Faults['onCall'],
  processes: { nameOf(accessKeyId: string): string | undefined; kill(accessKeyId: string): void },
): Watch => {
  if (onCall === undefined) return () => {};
  const counts = new Map<string, number>();
  return (accessKeyId, call) => {
    const functionName = processes.nameOf(accessKeyId);
    const key = [functionName, call.service, call.action, call.phase].join(' ');
    const n = (counts.get(key) ?? 0) + 1;
    counts.set(key, n);
    const wish = onCall({ functionName, ...call, n });
    if (wish !== 'killCaller') return;
    processes.kill(accessKeyId);
    if (call.phase === 'before') throw new AwsError('ServiceUnavailable', 'The caller is gone.');
  };
};
