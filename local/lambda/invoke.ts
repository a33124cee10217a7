/** The end of an invocation: the function's result, or with `ok: false` AWS's error object; both as JSON text. */
export interface Invocation {
  readonly ok: boolean;
  readonly payload: string;
}

/** Invokes a function by name and waits for its end. Rejects only if the function does not exist. */
export type Invoke = (functionName: string, payload: string) => Promise<Invocation>;

/** A function of the template, ready to run. */
export interface FunctionSpec {
  readonly name: string;
  readonly arn: string;
  /** The role whose key its processes get; absent where the template gives it none. */
  readonly roleArn?: string;
  /** `functions/dispatch.handler`: module path in the bundle, dot, export. */
  readonly handler: string;
  /** The folder into which the bundle was unpacked. */
  readonly codeDir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMiB: number;
  readonly timeoutMs: number;
  readonly logGroup: string;
  readonly reservedConcurrency: number | undefined;
}

/** AWS's error object as a payload. */
export const failure = (errorType: string, errorMessage: string): Invocation => ({
  ok: false,
  payload: JSON.stringify({ errorType, errorMessage }),
});
