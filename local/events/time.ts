/** A time in an event: ISO 8601, to the second (EventBridge user guide, "Events"). */
export const eventTime = (epochMs: number): string =>
  `${new Date(epochMs).toISOString().slice(0, -'.000Z'.length)}Z`;
