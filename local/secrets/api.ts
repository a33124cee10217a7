import type { JsonService } from '../endpoint/call.ts';
import { AwsError } from '../endpoint/errors.ts';
import { text } from '../endpoint/input.ts';
import { type Paging, pageOf } from '../endpoint/page.ts';

const paging: Paging = {
  size: 'MaxResults',
  token: 'NextToken',
  usual: 100,
  most: 100,
  badToken: 'InvalidNextTokenException',
};

/** A secret as it lies here: one version, which is the current one. */
interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly value: string;
}

/** The sentence of a secret that is not there. */
export const noSecret = "Secrets Manager can't find the specified secret.";

/** A secret by its ARN or by its name. */
export const secretNamed = (byArn: ReadonlyMap<string, string>, id: string): Secret | undefined => {
  for (const [arn, value] of byArn) {
    const name = nameOf(arn);
    if (id === arn || id === name) return { arn, name, value };
  }
  return undefined;
};

/** Secrets Manager with the secrets it was given; it only reads. */
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
    const secret = secretNamed(byArn, text(input, 'SecretId'));
    if (secret === undefined) throw new AwsError('ResourceNotFoundException', noSecret);
    return {
      ARN: secret.arn,
      Name: secret.name,
      SecretString: secret.value,
      VersionId: 'local-1',
      VersionStages: ['AWSCURRENT'],
    };
  },
});

// An ARN ends in the name and six random characters (Secrets Manager user guide).
const nameOf = (arn: string): string =>
  arn.slice(arn.lastIndexOf(':') + 1).replace(/-[A-Za-z0-9]{6}$/, '');
