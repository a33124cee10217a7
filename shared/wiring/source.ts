/** What a stage names as the `source` of everything that it publishes. */
export const sourceOf = (stage: string): string => `/davit/${stage}`;
