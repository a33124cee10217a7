import type { JsonActions } from './endpoint/call.ts';
import type { Gate } from './endpoint/gate.ts';
import type { Protocol } from './endpoint/server.ts';
import type { Resolved, ResourceType } from './template/types.ts';

// Each AWS service has a folder, and each folder has the same files: `plan.ts` (what it takes from the template), `api.ts` (its
// calls and their answers), `open.ts` (opens it with its plan and the few things it needs), and files that hold its state.
// RabbitMQ is not an AWS service, so `rabbitmq/` has no `plan.ts` and no `api.ts`: its `broker.ts` opens it.

/** What a service takes from the template: `plan.ts` exports it. */
export interface ServicePlan<Plan> {
  /** The types of resources that belong to the service, by their names in the template. */
  readonly types: Readonly<Record<string, ResourceType>>;
  /** Reads the plan. Throws an error with the place of anything that the service cannot do here. */
  readonly read: (template: Resolved) => Plan;
}

/** The calls of a service that speaks AWS's JSON protocol: `api.ts` returns them. */
export interface JsonApi {
  readonly kind: 'json';
  readonly actions: JsonActions;
}

/** The calls of a service that needs a protocol of its own. It must ask the gate before each action. */
export interface OwnApi {
  readonly kind: 'own';
  readonly protocol: (gate: Gate) => Protocol;
}

/** An open service: what `open.ts` returns, with more members where other services need them. */
export interface AwsService {
  readonly api: JsonApi | OwnApi;
  /** Ends what the service has started and closes its files. Absent where there is nothing to end. */
  readonly stop?: () => Promise<void> | void;
}
