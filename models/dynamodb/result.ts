/** A value, or AWS's words for why there is none. */
export type Result<Content> =
  | { readonly ok: true; readonly content: Content }
  | { readonly ok: false; readonly why: string };

export const yes = <Content>(content: Content): Result<Content> => ({ ok: true, content });

export const no = (why: string): { readonly ok: false; readonly why: string } => ({
  ok: false,
  why,
});

/** `next` with the content; the refusal itself where there is none. */
export const andThen = <From, To>(
  result: Result<From>,
  next: (content: From) => Result<To>,
): Result<To> => (result.ok ? next(result.content) : result);

/** The content, unless there is a reason to refuse. */
export const unless = <Content>(why: string | undefined, content: Content): Result<Content> =>
  why === undefined ? yes(content) : no(why);
