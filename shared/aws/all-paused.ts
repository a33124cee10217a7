/** The parameter that pauses every tool of a stage: `/davit/<stage>/paused`, beside `/davit/<stage>/tools`. */
export const allPausedIn = (prefix: string): string => `${stageIn(prefix)}/paused`;

/** The parameter with the limit of the whole stage: `/davit/<stage>/maxRunning`. */
export const stageLimitIn = (prefix: string): string => `${stageIn(prefix)}/maxRunning`;

const stageIn = (prefix: string): string => prefix.slice(0, prefix.lastIndexOf('/'));
