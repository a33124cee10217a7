import { type Authorize, arnOf } from './principal.ts';

/** Operator and functions may do everything; a task may do nothing, for no role gives it anything here. */
export const withoutPolicies =
  (account: string): Authorize =>
  ({ principal, service, action }) =>
    principal.kind === 'task'
      ? `User: ${arnOf(principal, account)} is not authorized to perform: ${service}:${action} because no identity-based policy allows the ${service}:${action} action`
      : undefined;
