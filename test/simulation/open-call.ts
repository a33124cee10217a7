import { abortError } from './clients.ts';
import { onAbort } from './on-abort.ts';

/** A call that has not been answered yet. */
export interface OpenCall {
  readonly signal: AbortSignal | undefined;
  readonly isSettled: () => boolean;
  readonly succeed: (output: unknown) => void;
  readonly fail: (error: Error) => void;
}

/** Opens a call. The first answer counts: that of the service, or the abort. `wake` continues something in the process that calls. */
export const openCall = (
  wake: (what: () => void) => void,
  {
    resolve,
    reject,
    signal,
  }: {
    readonly resolve: (output: unknown) => void;
    readonly reject: (error: Error) => void;
    readonly signal: AbortSignal | undefined;
  },
): OpenCall => {
  let isSettled = false;
  const settle = (how: () => void): void =>
    wake(() => {
      if (isSettled) return;
      isSettled = true;
      cancel();
      how();
    });
  const cancel = onAbort(signal, () => settle(() => reject(abortError())));
  return {
    signal,
    isSettled: () => isSettled,
    succeed: (output) => settle(() => resolve(output)),
    fail: (error) => settle(() => reject(error)),
  };
};
