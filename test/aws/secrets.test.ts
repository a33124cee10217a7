import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, test } from 'vitest';
import { secretReader } from '../../shared/aws/secrets.ts';

const client = new SecretsManagerClient({ region: 'eu-central-1' });
const secrets = mockClient(client);
const read = secretReader({ client });
afterEach(() => secrets.reset());

describe("a broker user's secret", () => {
  test('is read by its ARN', async () => {
    const SecretString = '{"username":"davit","password":"p","more":1}';
    secrets.on(GetSecretValueCommand, { SecretId: 'arn:secret' }).resolves({ SecretString });
    expect(await read('arn:secret')).toEqual({ username: 'davit', password: 'p' });
  });

  test('is not quoted by what it throws', async () => {
    for (const SecretString of ['hunter2', '{"username":"hunter2"}', undefined]) {
      secrets
        .on(GetSecretValueCommand)
        .resolves(SecretString === undefined ? {} : { SecretString });
      const thrown = await read('arn:secret').catch((error: unknown) => error);
      expect(String(thrown)).toMatch(/arn:secret must be JSON with a text "username"/);
      expect(String(thrown)).not.toContain('hunter2');
    }
  });

  test('that cannot be read is named with the cause', async () => {
    secrets.on(GetSecretValueCommand).rejects(new Error('denied'));
    await expect(read('arn:secret')).rejects.toThrow('Secret arn:secret could not be read: denied');
  });
});
