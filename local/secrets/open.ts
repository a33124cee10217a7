import type { AwsService } from '../service.ts';
import { secretsApi } from './api.ts';
import type { SecretsPlan } from './plan.ts';
import { type Secrets, secretsOf } from './secrets.ts';
import type { BrokerLogin, Users } from './users.ts';

/** Secrets Manager, and its secrets for the containers that get them. */
export interface SecretsManager extends AwsService {
  readonly secrets: Secrets;
}

/** Opens Secrets Manager with the logins of the broker. It keeps nothing open. */
export const openSecretsManager = (parts: {
  readonly plan: SecretsPlan;
  readonly users: Users;
  readonly admin: BrokerLogin;
}): SecretsManager => {
  const { functionsArn, publisherArn, adminArn } = parts.plan;
  const secrets = secretsOf(
    new Map([
      [functionsArn, JSON.stringify(parts.users.functions)],
      [publisherArn, JSON.stringify(parts.users.publisher)],
      [adminArn, JSON.stringify(parts.admin)],
    ]),
  );
  return { api: secretsApi(secrets), secrets };
};
