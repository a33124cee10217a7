import type { Caller } from './call.ts';
import { AwsError } from './errors.ts';
import type { JsonObject } from './input.ts';
import type { Authorize } from './principal.ts';
import type { Watch } from './watch.ts';

/** An action that somebody asks for, by the name that its API gives it. */
export interface Asked {
  readonly caller: Caller;
  readonly service: string;
  readonly action: string;
  readonly input: JsonObject;
}

/** What stands before every action: carries it out if its caller may have it, in sight of a test's fault plan. */
export type Gate = <Answer>(
  asked: Asked,
  carryOut: () => Answer | Promise<Answer>,
) => Promise<Answer>;

/** IAM's names of actions where they differ from the API's (service authorization reference, Lambda). */
const iamNames: Readonly<Record<string, string>> = { 'lambda:Invoke': 'InvokeFunction' };

/** A gate that asks `authorize`, which stands behind the signature and before the action in all protocols. */
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
    watch(caller.accessKeyId, { service, action, phase: 'before' });
    try {
      return await carryOut();
    } finally {
      watch(caller.accessKeyId, { service, action, phase: 'after' });
    }
  };
