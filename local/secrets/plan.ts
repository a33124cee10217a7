import type { ServicePlan } from '../service.ts';
import { parameterIn } from '../template/types.ts';

/** The ARNs of the secrets that the template names: each holds the user and the password of one user of the broker. */
export interface SecretsPlan {
  readonly functionsArn: string;
  readonly publisherArn: string;
  readonly adminArn: string;
}

/** What Secrets Manager takes from the template. */
export const secretsPlan: ServicePlan<SecretsPlan> = {
  types: {},
  read: (template) => ({
    functionsArn: parameterIn(template, 'BrokerSecretArn'),
    publisherArn: parameterIn(template, 'PublisherSecretArn'),
    adminArn: parameterIn(template, 'BrokerAdminSecretArn'),
  }),
};
