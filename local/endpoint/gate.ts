import type { Caller } from './call.ts';
import { AwsError } from './errors.ts';
import type { JsonObject } from './input.ts';
import type { Authorize } from './principal.ts';
import type { Watch } from './watch.ts';

/** An action that a caller wants, with the action's name in its API. */
export interface Wanted {
  readonly caller: Caller;
  readonly service: string;
  readonly action: string;
  readonly input: JsonObject;
}

/** Carries out an action if the caller is authorized. A test's faults see every action before and after. */
export type Gate = <Answer>(
  wanted: Wanted,
  carryOut: () => Answer | Promise<Answer>,
) => Promise<Answer>;

/** IAM's names of actions where they differ from the API's (service authorization reference, Lambda). */
const iamNames: Readonly<Record<string, string>> = { 'lambda:Invoke': 'InvokeFunction' };

/** A gate that asks `authorize`: in all protocols, after the signature was checked and before the action. */
export const gateOf =
  (authorize: Authorize, watch: Watch): Gate =>
  async ({ caller, service, action, input }, carryOut) => {
    const named = iamNames[`${service}:${action}`] ?? action;
    const why = authorize({ principal: caller.principal, service, action: named, input });
    if (why !== undefined) {
      // The JSON services refuse with 400, Lambda's REST with 403 (their API references, common errors).
      const status = service === 'lambda' ? 403 : 400;
      throw new AwsError('AccessDeniedException', why, { status });
    }
    watch(caller.accessKeyId, { service, action, input, phase: 'before' });
    try {
      return await carryOut();
    } finally {
      watch(caller.accessKeyId, { service, action, input, phase: 'after' });
    }
  };
