import { present } from '../../shared/core/present.ts';
import { AwsError } from '../endpoint/errors.ts';
import { text } from '../endpoint/input.ts';
import { type Paging, pageOf } from '../endpoint/page.ts';
import type { JsonApi } from '../service.ts';
import { noSecret, type Secrets } from './secrets.ts';

/** ListSecrets gives 100 at most (Secrets Manager API reference). */
const paging: Paging = {
  size: 'MaxResults',
  token: 'NextToken',
  usual: 100,
  most: 100,
  badToken: 'InvalidNextTokenException',
};

/** The calls of Secrets Manager that read its secrets. */
export const secretsApi = (secrets: Secrets): JsonApi => ({
  kind: 'json',
  actions: {
    GetSecretValue: (input) => {
      const secret = secrets.find(text(input, 'SecretId'));
      if (secret === undefined) throw new AwsError('ResourceNotFoundException', noSecret);
      return {
        ARN: secret.arn,
        Name: secret.name,
        SecretString: secret.value,
        VersionId: 'local-1',
        VersionStages: ['AWSCURRENT'],
      };
    },
    ListSecrets: (input) => {
      const { items, next } = pageOf(secrets.list(), ({ arn }) => arn, { input, paging });
      return {
        SecretList: items.map(({ arn, name }) => ({ ARN: arn, Name: name })),
        ...present({ NextToken: next }),
      };
    },
  },
});
