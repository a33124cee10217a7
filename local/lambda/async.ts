import type { Invoke } from './invoke.ts';

/** What Lambda does with the event of an asynchronous invocation that fails. */
export interface AsyncSpec {
  readonly maxRetries: number;
  /** Called with Lambda's record of an event when all tries have failed. */
  readonly onFailure?: (record: object) => void;
  /** Called with the event itself then: the function's dead-letter queue. */
  readonly onDeadLetter?: (payload: string) => void;
}

/** Lambda's queue of asynchronous invocations. */
export interface AsyncInvocations {
  readonly invoke: (functionName: string, payload: string) => void;
  readonly stop: () => void;
}

/** One minute before the second try, two before the third (Lambda developer guide, "Asynchronous invocation"). */
const usualDelaysMs = [60_000, 120_000];

/**
 * Invokes without waiting. A function that fails is tried twice more, then its event goes to the failure destination and to the
 * dead-letter queue.
 */
export const openAsyncInvocations = (
  invoke: Invoke,
  specOf: (functionName: string) => AsyncSpec,
  {
    log,
    delaysMs = usualDelaysMs,
  }: {
    readonly log: (line: string) => void;
    /** How long before each further try. */
    readonly delaysMs?: readonly number[] | undefined;
  },
): AsyncInvocations => {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  const giveUp = (functionName: string, payload: string, answer: string): void => {
    log(`${functionName} failed on an event, and will not be tried again: ${answer.slice(0, 300)}`);
    const { onFailure, onDeadLetter } = specOf(functionName);
    onDeadLetter?.(payload);
    onFailure?.({
      version: '1.0',
      timestamp: new Date().toISOString(),
      requestContext: { functionArn: functionName, condition: 'RetriesExhausted' },
      requestPayload: JSON.parse(payload),
      responsePayload: JSON.parse(answer),
    });
  };

  const attempt = async (functionName: string, payload: string, tries: number): Promise<void> => {
    const invocation = await invoke(functionName, payload);
    if (invocation.ok || stopped) return;
    const delayMs = delaysMs[tries];
    if (delayMs === undefined || tries >= specOf(functionName).maxRetries) {
      giveUp(functionName, payload, invocation.payload);
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      begin(functionName, payload, tries + 1);
    }, delayMs);
    timers.add(timer);
  };

  const begin = (functionName: string, payload: string, tries: number): void => {
    attempt(functionName, payload, tries).catch((cause: unknown) =>
      log(`${functionName} could not be invoked: ${String(cause)}`),
    );
  };

  return {
    invoke: (functionName, payload) => begin(functionName, payload, 0),
    stop: () => {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
};
