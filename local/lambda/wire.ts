import * as v from 'valibot';

/** The stack's message to a function's process: run this once. */
export interface Order {
  readonly requestId: string;
  readonly payload: string;
  readonly deadlineAt: number;
}

const word = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('broken'), payload: v.string() }),
  v.object({ kind: v.literal('done'), ok: v.boolean(), payload: v.string() }),
]);

/** A message of a function's process: it has loaded, it could not be loaded, or an invocation has ended. */
export type Word = Readonly<v.InferOutput<typeof word>>;

/** Reads a message of a function's process; undefined for anything else on the channel. */
export const wordOf = (message: unknown): Word | undefined => {
  const parsed = v.safeParse(word, message);
  return parsed.success ? parsed.output : undefined;
};
