/** A time as EventBridge has it in an event: ISO, to the second (EventBridge user guide, "Events"). */
export const eventTime = (epochMs: number): string =>
  `${new Date(epochMs).toISOString().slice(0, -'.000Z'.length)}Z`;
