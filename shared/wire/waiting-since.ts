/** Where a task stands among those that wait: its tenant, and when it was queued, less ten minutes for each step of priority. */
export interface WaitingSince {
  readonly tenant: string;
  readonly since: number;
}

/** The sort key of the index `waiting`, `<tenant>#<time>`; undefined for any other text. */
export const waitingSinceIn = (text: unknown): WaitingSince | undefined => {
  if (typeof text !== 'string') return undefined;
  const at = text.lastIndexOf('#');
  const since = Date.parse(text.slice(at + 1));
  return at < 1 || Number.isNaN(since) ? undefined : { tenant: text.slice(0, at), since };
};
