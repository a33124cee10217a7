import type { EcsOptions } from '../../models/ecs/options.ts';
import { AwsError } from './errors.ts';
import type { JsonObject } from './input.ts';

/** A call as a test can see it, before and after it is carried out. */
export interface SeenCall {
  /** The function whose process called; undefined for any other caller. */
  readonly functionName: string | undefined;
  /** The calling process of that function. */
  readonly pid: number | undefined;
  /** `ecs`, `ssm`, `dynamodb`, `events`, `secretsmanager`, `lambda`, `logs`, `ecr`, `sqs`, `sts`. */
  readonly service: string;
  readonly action: string;
  readonly phase: 'before' | 'after';
  readonly input: JsonObject;
  /** The number of calls of this function, service, action and phase so far, this one included. */
  readonly n: number;
}

/** The start and the end of one invocation of a function in one of its processes. */
export interface SeenInvocation {
  readonly functionName: string;
  readonly pid: number | undefined;
  readonly phase: 'start' | 'end';
  /** The event as JSON text. */
  readonly payload: string;
}

/**
 * The faults that a test causes. `killCaller` ends the calling process: before a call, so that it is never carried out, or after
 * it, before its answer is sent.
 */
export interface Faults {
  /** Read at each event, so a test may change it. */
  readonly loseEcsEvents?: boolean;
  /** Read at each delivery of a log subscription. */
  readonly skipLogDeliveries?: boolean;
  /** How long Lambda waits before it tries an asynchronous invocation again; else as long as AWS does. */
  readonly asyncDelaysMs?: readonly number[];
  /** Options of this machine's ECS that differ from the usual ones: doubled events, lags, quotas. */
  readonly ecs?: Partial<EcsOptions>;
  readonly onCall?: (call: SeenCall) => 'killCaller' | undefined;
  readonly onInvocation?: (invocation: SeenInvocation) => void;
  /** The broker's address as the functions get it: that of something between them and RabbitMQ. Triggers and publishers keep `url`. */
  readonly brokerUrl?: (url: string) => string;
}

/** Shows every call to the faults of a test. Throws for a call that must not be carried out. */
export type Watch = (
  accessKeyId: string,
  call: Pick<SeenCall, 'service' | 'action' | 'phase' | 'input'>,
) => void;

/** A watch that counts calls. Without `onCall` it does nothing. */
export const watchFor = (
  onCall: Faults['onCall'],
  processes: {
    callerOf(accessKeyId: string): Pick<SeenCall, 'functionName' | 'pid'>;
    kill(accessKeyId: string): void;
  },
): Watch => {
  if (onCall === undefined) return () => {};
  const counts = new Map<string, number>();
  return (accessKeyId, call) => {
    const caller = processes.callerOf(accessKeyId);
    const key = [caller.functionName, call.service, call.action, call.phase].join(' ');
    const n = (counts.get(key) ?? 0) + 1;
    counts.set(key, n);
    const fault = onCall({ ...caller, ...call, n });
    if (fault !== 'killCaller') return;
    processes.kill(accessKeyId);
    if (call.phase === 'before') throw new AwsError('ServiceUnavailable', 'The caller is gone.');
  };
};
