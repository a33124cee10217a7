import { AwsError } from './errors.ts';
import { type JsonObject, optionalNumber, optionalText } from './input.ts';

/** How a service pages a list: the names of the members, the sizes of a page, and the error for an unknown token. */
export interface Paging {
  readonly size: string;
  readonly token: string;
  /** The default size of a page, and the largest. */
  readonly usual: number;
  readonly most: number;
  readonly badToken: string;
}

/** A page of a list, and the token of the next page. The token is the key of the last item, so the list may change between pages. */
export const pageOf = <T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  { input, paging }: { readonly input: JsonObject; readonly paging: Paging },
): { readonly items: readonly T[]; readonly next: string | undefined } => {
  const size = optionalNumber(input, paging.size) ?? paging.usual;
  if (!Number.isInteger(size) || size < 1 || size > paging.most) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${size}' at '${paging.size}' failed to satisfy constraint: Member must have value between 1 and ${paging.most}`,
    );
  }
  const token = optionalText(input, paging.token);
  const before = token === undefined ? -1 : all.findIndex((one) => keyOf(one) === token);
  if (token !== undefined && before < 0) {
    throw new AwsError(paging.badToken, `The specified ${paging.token} is not valid.`);
  }
  const items = all.slice(before + 1, before + 1 + size);
  const last = items.at(-1);
  const isLast = before + 1 + items.length >= all.length;
  return { items, next: isLast || last === undefined ? undefined : keyOf(last) };
};
