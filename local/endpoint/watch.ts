import type { EcsOptions } from '../../models/ecs/options.ts';
import { AwsError } from './errors.ts';

/** A call as a test can see it, before and after it is carried out. */
export interface SeenCall {
  /** The function whose process called; undefined for any other caller. */
  readonly functionName: string | undefined;
  /** `ecs`, `ssm`, `dynamodb`, `events`, `secretsmanager`, `lambda`, `logs`, `ecr`, `sqs`, `sts`. */
  readonly service: string;
  readonly action: string;
  readonly phase: 'before' | 'after';
  /** The number of calls of this function, service, action and phase so far, this one included. */
  readonly n: number;
}

/**
 * The faults that a test causes. `killCaller` ends the calling process: before a call, so that it is never carried out, or after
 * it, before its answer is sent.
 */
export interface Faults {
  /** Read at each event, so a test may change it. */
  readonly loseEcsEvents?: boolean;
  /** Options of this machine's ECS that differ from the usual ones: doubled events, lags, quotas. */
  readonly ecs?: Partial<EcsOptions>;
  readonly onCall?: (call: SeenCall) => 'killCaller' | undefined;
}

/** Shows every call to the faults of a test. Throws for a call that must not be carried out. */
export type Watch = (
  accessKeyId: string,
  call: Pick<SeenCall, 'service' | 'action' | 'phase'>,
) => void;

/** A watch that counts calls. Without `onCall` it does nothing. */
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
    const fault = onCall({ functionName, ...call, n });
    if (fault !== 'killCaller') return;
    processes.kill(accessKeyId);
    if (call.phase === 'before') throw new AwsError('ServiceUnavailable', 'The caller is gone.');
  };
};
