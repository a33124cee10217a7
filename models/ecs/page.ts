import { type Present, present } from '../present.ts';
import { fine, invalidParameter, type Outcome, refused } from './errors.ts';

/** The most items of a page, and the default (ECS API reference). */
export const maxPerPage = 100;

interface Paging {
  readonly nextToken?: string;
  readonly maxResults?: number;
}

interface Page {
  readonly items: readonly string[];
  /** A member of the answer; empty on the last page. */
  readonly nextToken: Present<{ nextToken: string | undefined }>;
}

/** One page of a list; the token is the last item of the page before. */
export const pageOf = (all: readonly string[], input: Paging): Outcome<Page> => {
  const { maxResults = maxPerPage, nextToken } = input;
  if (maxResults < 1 || maxResults > maxPerPage) {
    return refused(invalidParameter(`maxResults must be between 1 and ${maxPerPage}.`));
  }
  const before = nextToken === undefined ? -1 : all.indexOf(nextToken);
  if (nextToken !== undefined && before < 0) {
    return refused(
      invalidParameter('nextToken must be a token from the last answer of this list.'),
    );
  }
  const items = all.slice(before + 1, before + 1 + maxResults);
  const isLast = before + 1 + items.length >= all.length;
  return fine({ items, nextToken: present({ nextToken: isLast ? undefined : items.at(-1) }) });
};
