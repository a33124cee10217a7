/** How a world is, as long as it lasts. */
export interface Traits {
  /** The share of ECS events that are lost, and that come twice; how late they come, in ms. */
  readonly eventLoss: number;
  readonly eventDoubles: number;
  readonly eventDelayMs: readonly [number, number];
  /** How old the state is that reads of ECS, and of indexes of the table, show, in ms. */
  readonly readLagMs: readonly [number, number];
  readonly indexLagMs: readonly [number, number];
  /** How long a call to ECS takes to arrive and to be answered, in ms: launches in doubt live in this time. */
  readonly ecsLatencyMs: readonly [number, number];
  /** The share of calls whose answer is lost, and that a server refuses by an error of its own. */
  readonly lostAnswers: number;
  readonly serverErrors: number;
  /** How late ECS's answers come that refuse a call, in ms; absent, they come at once. */
  readonly refusalDelayMs?: readonly [number, number];
  /** The share of refused launches that start all the same. */
  readonly refusedYetStarted: number;
  /** How far the clocks of functions are apart, in ms. */
  readonly skewMs: number;
  readonly deliveryLimit: number;
  /** The share of rows in which a later release has written a field that no release here knows. */
  readonly laterFields: number;
  /** The share of ECS tasks that a read misses although they are there. */
  readonly blindReads: number;
  /** The share of launches that ECS answers with a conflict, which names a task of someone else. */
  readonly strangeConflicts: number;
  /** How long ECS needs until a container is ordered to start, in ms: it looks for a machine, and pulls the image. */
  readonly provisioningMs: readonly [number, number];
  /** AWS adds a container of its own before that of the tool. */
  readonly hasSidecar: boolean;
  /** The share of sweeps that EventBridge skips. */
  readonly sweepsSkipped: number;
  /** The share of invocations for which Lambda starts a process although some are idle. So a frozen process may go on much later. */
  readonly newProcesses: number;
  /** What containers print for Davit reaches it so; absent, they print nothing. */
  readonly speech?: Speech;
}

/** The subscription of the tools' log. */
export interface Speech {
  /** The share of deliveries that are skipped, and that come twice; how late they come, in ms. */
  readonly lost: number;
  readonly doubled: number;
  readonly delayMs: readonly [number, number];
  /** The share of runs that print no result. */
  readonly silent: number;
}

/** How long ECS needs in most worlds, and in every world that has calmed down. */
export const usualProvisioningMs = [500, 5_000] as const;
