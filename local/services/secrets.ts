import type { JsonService } from '../endpoint/call.ts';
import { AwsError } from '../endpoint/errors.ts';
import { text } from '../endpoint/input.ts';

/** Secrets Manager with the secrets it was given, by ARN or by name; it only reads. */
export const secretsService = (byArn: ReadonlyMap<string, string>): JsonService => ({
  GetSecretValue: (input) => {
    const id = text(input, 'SecretId');
    for (const [arn, value] of byArn) {
      // An ARN ends in the name and six random characters (Secrets Manager user guide).
      const name = arn.slice(arn.lastIndexOf(':') + 1).replace(/-[A-Za-z0-9]{6}$/, '');
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
