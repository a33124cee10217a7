import type { JsonService } from '../endpoint/call.ts';
import { AwsError } from '../endpoint/errors.ts';
import { text } from '../endpoint/input.ts';
import { type Paging, pageOf } from '../endpoint/page.ts';

// An ARN ends in the name and six random characters (Secrets Manager user guide).
const nameOf = (arn: string): string =>
  arn.slice(arn.lastIndexOf(':') + 1).replace(/-[A-Za-z0-9]{6}$/, '');

const paging: Paging = {
  size: 'MaxResults',
  token: 'NextToken',
  usual: 100,
  most: 100,
  badToken: 'InvalidNextTokenException',
};

/** Secrets Manager with the secrets it was given, by ARN or by name; it only reads. */
export const secretsService = (byArn: ReadonlyMap<string, string>): JsonService => ({
  ListSecrets: (input) => {
    const all = [...byArn.keys()].toSorted();
    const { items, next } = pageOf(all, (arn) => arn, { input, paging });
    return {
      SecretList: items.map((arn) => ({ ARN: arn, Name: nameOf(arn) })),
      ...(next === undefined ? {} : { NextToken: next }),
    };
  },
  GetSecretValue: (input) => {
    const id = text(input, 'SecretId');
    for (const [arn, value] of byArn) {
      const name = nameOf(arn);
      if (id === arn || id === name) {
        return {
          ARN: arn,
          Name: name,
          SecretString: value,
          VersionId: 'local-1',
          VersionStages: ['AWSCURRENT'],
        };
      }
    }
    throw new AwsError(
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret.",
    );
  },
});
