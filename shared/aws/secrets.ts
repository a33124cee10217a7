import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { credentialsOf } from '../wire/credentials.ts';
import { callOptionsOf } from './call-options.ts';
import { rethrowAs } from './rethrow-as.ts';

/** The name and password of a broker user. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

interface Options {
  readonly client: SecretsManagerClient;
  readonly signal?: AbortSignal;
}

/** Reads a broker user's secret by its ARN. Throws when it cannot be read or is not valid; the error never quotes the secret. */
export const secretReader = ({
  client,
  signal,
}: Options): ((arn: string) => Promise<Credentials>) => {
  const callOptions = callOptionsOf(signal);
  return async (arn) => {
    const answer = await client
      .send(new GetSecretValueCommand({ SecretId: arn }), callOptions)
      .catch(rethrowAs(`Secret ${arn} could not be read`));
    const credentials = credentialsOf(answer.SecretString ?? '');
    if (credentials) return credentials;
    throw new Error(
      `Secret ${arn} must be JSON with a text "username" and a text "password", but is something else: write it again`,
    );
  };
};
