/** An AWS exception as a value: `code` is its name; `extra` has further members of the error's body. */
export interface AwsError {
  readonly code: string;
  readonly message: string;
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface Refusal {
  readonly ok: false;
  readonly error: AwsError;
}

/** The answer of an operation: its output, or why AWS refuses it. */
export type Answer<Output> = { readonly ok: true; readonly output: Output } | Refusal;

export const fine = <Output>(output: Output): { readonly ok: true; readonly output: Output } => ({
  ok: true,
  output,
});

export const refused = (
  code: string,
  message: string,
  extra?: Readonly<Record<string, unknown>>,
): Refusal => ({
  ok: false,
  error: extra === undefined ? { code, message } : { code, message, extra },
});
