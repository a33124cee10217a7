/** `2025-05-06T11:02:13.877Z` */
export const isoOf = (epochMs: number): string => new Date(epochMs).toISOString();

/** `2025-05-06T11:02:13Z`, as EventBridge writes the time of an event. */
export const isoToTheSecond = (epochMs: number): string => `${isoOf(epochMs).slice(0, -5)}Z`;
