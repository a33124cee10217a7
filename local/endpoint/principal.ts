import type { JsonObject } from './input.ts';

/** The caller, by the key of the signature. */
export interface Principal {
  readonly kind: 'operator' | 'function' | 'task';
  /** Role ARN; absent for the operator. */
  readonly roleArn?: string;
  /** Function name or ECS task ARN. */
  readonly name?: string;
}

/** A call whose signature was checked. `service` and `action` are named as in IAM policies: `lambda` and `InvokeFunction`. */
export interface AuthorizedCall {
  readonly principal: Principal;
  readonly service: string;
  readonly action: string;
  readonly input: JsonObject;
}

/** Undefined if the principal may make the call, else AWS's AccessDenied sentence. */
export type Authorize = (call: AuthorizedCall) => string | undefined;

/** The caller's ARN as STS returns it. */
export const arnOf = (principal: Principal, account: string): string =>
  principal.kind === 'operator'
    ? `arn:aws:iam::${account}:user/local`
    : `arn:aws:sts::${account}:assumed-role/${tail(principal.roleArn ?? '')}/${sessionOf(principal)}`;

/** The `UserId` in STS's answer: `<id>`, or `<id of the role>:<session>`. */
export const userIdOf = (principal: Principal): string =>
  principal.kind === 'operator' ? 'AIDALOCALOPERATOR' : `AROALOCAL:${sessionOf(principal)}`;

const tail = (text: string): string => text.slice(text.lastIndexOf('/') + 1);

/** The name of a role's session: at Lambda the function's name, at ECS the id of the task. */
const sessionOf = ({ kind, name = '' }: Principal): string => (kind === 'task' ? tail(name) : name);
