/** The parameter that pauses every tool of a stage: `/davit/<stage>/paused`, beside `/davit/<stage>/tools`. */
export const allPausedIn = (prefix: string): string =>
  `${prefix.slice(0, prefix.lastIndexOf('/'))}/paused`;
