import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Signed, type SigningKey, signed, type ToSign } from '../kit/signed.ts';
import { openSmallCloud, type SmallCloud } from '../kit/small-cloud.ts';
import { until } from '../kit/until.ts';

// Attackers: another user of this machine, who knows the port and everything that is published, but cannot read the files of
// the developer; a web page in the developer's browser, by a name that resolves to 127.0.0.1 or without one; a tool, which
// has the environment and keys of its container. Goal: to run a program of theirs as the developer, or to read the secret of
// the broker's administrator. What remains possible: to get refusals that say what is missing; the tool can also ask for its
// own identity.

const secretId = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:broker-AbCdEf';
const target = { secret: 'secretsmanager.GetSecretValue', parameter: 'AmazonSSM.PutParameter' };
/** The key that this project once published. */
const wellKnown = { accessKeyId: 'AKIALOCALDAVIT000000', secretAccessKey: 'local' };

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'davit-neighbour-'));
let small: SmallCloud;

beforeAll(async () => {
  small = await openSmallCloud();
  small.putImage('tool', '1', ['true']);
});

afterAll(async () => {
  await small.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends it as it is, `Host` included, which `fetch` would not. */
const send = ({ url, method, headers, body }: Signed): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (answer) => {
      text(answer).then((all) => resolve({ status: answer.statusCode ?? 0, text: all }), reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });

const ownKey = (): SigningKey => small.client.credentials;

const readsTheSecret = (more: Partial<ToSign> = {}): ToSign => ({
  url: `${small.url}/`,
  service: 'secretsmanager',
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target.secret },
  body: JSON.stringify({ SecretId: secretId }),
  ...more,
});

const register = (image = `${small.registry}/tool:1`) =>
  new RegisterTaskDefinitionCommand({
    family: 'davit_local_tool_1',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
    taskRoleArn: 'arn:aws:iam::123456789012:role/davit-local-task',
    containerDefinitions: [{ name: 'tool', image, essential: true }],
  });

const run = (taskDefinition: string, script: string) =>
  new RunTaskCommand({
    cluster: 'davit-local',
    taskDefinition,
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } },
    overrides: { containerOverrides: [{ name: 'tool', command: ['sh', '-c', script] }] },
  });

/** The clients of an attacker with this key, without retries. */
const clientsOf = ({ sessionToken, ...bare }: SigningKey) => {
  const credentials = { ...bare, ...(sessionToken === undefined ? {} : { sessionToken }) };
  const config = { endpoint: small.url, region: 'eu-central-1', credentials, maxAttempts: 1 };
  return {
    ecs: new ECSClient(config),
    ssm: new SSMClient(config),
    secrets: new SecretsManagerClient(config),
    lambda: new LambdaClient(config),
    sts: new STSClient(config),
  };
};

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'carried out',
    (cause: unknown) => (cause instanceof Error ? cause.name : String(cause)),
  );

describe('another user of the machine', () => {
  it.each([
    ['the key that was published once', wellKnown, 'UnrecognizedClientException'],
    [
      'any key',
      { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' },
      'UnrecognizedClientException',
    ],
  ])('with %s can run nothing and read nothing', async (_, key, code) => {
    const { ecs, ssm, secrets, lambda, sts } = clientsOf(key);
    const marker = join(folder, randomUUID());
    const attempt = async () => {
      const { taskDefinition } = await ecs.send(register());
      await ecs.send(run(String(taskDefinition?.taskDefinitionArn), `id > ${marker}`));
    };
    expect(await codeOf(attempt())).toBe(code);
    expect(await codeOf(secrets.send(new GetSecretValueCommand({ SecretId: secretId })))).toBe(
      code,
    );
    const put = new PutParameterCommand({ Name: '/davit/x', Value: '1', Type: 'String' });
    expect(await codeOf(ssm.send(put))).toBe(code);
    const invoke = new InvokeCommand({ FunctionName: 'davit-local-mirror', Payload: '{}' });
    expect(await codeOf(lambda.send(invoke))).toBe(code);
    expect(await codeOf(sts.send(new GetCallerIdentityCommand({})))).toBe('InvalidClientTokenId');
    expect(existsSync(marker)).toBe(false);
  });

  it('with the id of a real key and a guessed secret is refused', async () => {
    const guessed = { ...ownKey(), secretAccessKey: 'local' };
    const { secrets, sts } = clientsOf(guessed);
    const read = secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
    expect(await codeOf(read)).toBe('InvalidSignatureException');
    expect(await codeOf(sts.send(new GetCallerIdentityCommand({})))).toBe('SignatureDoesNotMatch');
  });

  it('without a signature reads and starts nothing, by any protocol', async () => {
    const { url, body = '', headers = {} } = readsTheSecret();
    const json = await send({ url, method: 'POST', headers: { ...headers }, body });
    expect(json).toMatchObject({ status: 400 });
    expect(JSON.parse(json.text)).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
    const path = `${small.url}/2015-03-31/functions`;
    const rest = {
      url: `${path}/davit-local-mirror/invocations`,
      method: 'POST',
      headers: {},
      body: '{}',
    };
    for (const one of [rest, { url: path, method: 'GET', headers: {} }]) {
      const answer = await send(one);
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('MissingAuthenticationTokenException');
    }
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const query = { url, method: 'POST', headers: form, body: 'Action=GetCallerIdentity' };
    const sts = await send(query);
    expect(sts.status).toBe(403);
    expect(sts.text).toContain('<Code>MissingAuthenticationToken</Code>');
    for (const answer of [json, sts]) expect(answer.text).toContain('.davit/local.json');
  });

  it('that has seen a signed request can neither change it nor send it later', async () => {
    const one = await signed(ownKey(), readsTheSecret());
    const { 'x-amz-content-sha256': _, ...unhashed } = one.headers;
    const changed: readonly Signed[] = [
      { ...one, body: JSON.stringify({ SecretId: 'another' }) },
      { ...one, headers: { ...one.headers, 'x-amz-target': target.parameter } },
      { ...one, headers: { ...unhashed, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
      { ...one, headers: { ...one.headers, 'x-amz-invocation-type': 'Event' } },
      { ...one, url: `${one.url}?Action=x` },
      await signed(ownKey(), readsTheSecret({ at: new Date(Date.now() - 6 * 60_000) })),
      await signed(ownKey(), readsTheSecret({ at: new Date(Date.now() + 6 * 60_000) })),
      await signed(ownKey(), readsTheSecret({ service: 'ssm' })),
      await signed(ownKey(), readsTheSecret({ region: 'us-east-1' })),
    ];
    for (const each of changed) {
      const answer = await send(each);
      expect(answer).toMatchObject({ status: 400 });
      expect(answer.text).toContain('InvalidSignatureException');
    }
    expect((await send(one)).status).toBe(200);
  });

  it('does not make the stack read a large body', async () => {
    const body = 'x'.repeat(1_000_000);
    const headers = { 'x-amz-target': target.secret, 'content-length': String(18_000_000) };
    const answer = await new Promise<number>((resolve, reject) => {
      const signal = AbortSignal.timeout(20_000);
      const sent = request(small.url, { method: 'POST', headers, signal }, ({ statusCode = 0 }) => {
        resolve(statusCode);
        sent.destroy();
      });
      sent.once('error', reject);
      // The rest never comes: a stack that waits for it would never answer.
      sent.write(body);
    });
    expect(answer).toBe(400);
  });
});

describe('a web page', () => {
  it('by a name that resolves to this machine is refused, even with a valid signature', async () => {
    const { port } = new URL(small.url);
    const hosts = [
      'evil.example',
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      'localhost.evil.example',
      '',
    ];
    for (const host of hosts) {
      const headers = { ...readsTheSecret().headers, host };
      const one = await signed(ownKey(), readsTheSecret({ headers }));
      const answer = await send(one);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.text).not.toContain('SecretString');
      if (host !== '') expect(answer).toMatchObject({ status: 403 });
    }
  });

  it.each(['127.0.0.1', 'localhost', '127.0.0.1:1', 'localhost:80', '[::1]:4566', 'LOCALHOST'])(
    'is not a request to the host %s, which the stack answers',
    async (host) => {
      const headers = { ...readsTheSecret().headers, host };
      expect((await send(await signed(ownKey(), readsTheSecret({ headers })))).status).toBe(200);
    },
  );

  it.each<readonly [string, Readonly<Record<string, string>>]>([
    ['names itself', { origin: 'http://evil.example' }],
    ['names itself as null', { origin: 'null' }],
    ['is of another site', { 'sec-fetch-site': 'cross-site' }],
    ['is another port of this machine', { 'sec-fetch-site': 'same-site' }],
  ])('that %s is refused', async (_, more) => {
    const one = await signed(ownKey(), readsTheSecret());
    const answer = await send({ ...one, headers: { ...one.headers, ...more } });
    expect(answer).toMatchObject({ status: 403 });
  });

  it('cannot send a form or plain text that is an action', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const body = JSON.stringify({ SecretId: secretId });
      for (const path of ['', `?X-Amz-Target=${target.secret}`]) {
        const answer = await send({
          url: `${small.url}/${path}`,
          method: 'POST',
          headers: { 'content-type': type },
          body,
        });
        expect(answer.status).toBe(403);
      }
    }
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])(
    'cannot carry out an action by %s',
    async (method) => {
      const plain = readsTheSecret({ method });
      const { body: _, ...bare } = plain;
      const invoke = `${small.url}/2015-03-31/functions/davit-local-mirror/invocations`;
      const attempts: readonly ToSign[] = [
        bare,
        {
          ...bare,
          url: `${small.url}/?X-Amz-Target=${target.secret}&SecretId=${secretId}`,
          headers: {},
        },
        {
          ...bare,
          url: `${small.url}/?Action=GetCallerIdentity&Version=2011-06-15`,
          service: 'sts',
          headers: {},
        },
        { ...bare, url: invoke, service: 'lambda', headers: {} },
      ];
      for (const each of attempts) {
        const one = await signed(ownKey(), each);
        // Even with the developer's own signature, which a page cannot make.
        const answer = await send(one);
        expect(answer.status).toBeGreaterThanOrEqual(400);
        const { authorization: _authorization, ...unsigned } = one.headers;
        expect((await send({ ...one, headers: unsigned })).status).toBe(403);
      }
    },
  );
});

describe('a tool', () => {
  let taskArn: string;
  let env: Readonly<Record<string, string>>;
  const operator = () => clientsOf(ownKey());

  beforeAll(async () => {
    const { taskDefinition } = await operator().ecs.send(register());
    const file = join(folder, 'environment');
    const script = `env -0 > ${file}.draft; mv ${file}.draft ${file}; exec sleep 170`;
    const { tasks } = await operator().ecs.send(
      run(String(taskDefinition?.taskDefinitionArn), script),
    );
    taskArn = String(tasks?.[0]?.taskArn);
    await until('the environment of the tool', () => existsSync(file));
    const pairs = readFileSync(file, 'utf8')
      .split('\0')
      .filter((pair) => pair !== '');
    env = Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
  });

  const given = async (authorization = env.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? '') => {
    const url = String(env.AWS_CONTAINER_CREDENTIALS_FULL_URI);
    const answer = await send({ url, method: 'GET', headers: { authorization } });
    return { status: answer.status, keys: JSON.parse(answer.text) };
  };

  const ownClients = async () => {
    const { keys } = await given();
    const { AccessKeyId, SecretAccessKey, Token } = keys;
    return clientsOf({
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: Token,
    });
  };

  it('has only the key of its task role, and only when it asks for it', async () => {
    expect(Object.keys(env).filter((name) => /KEY|SECRET|SESSION/.test(name))).toEqual([]);
    expect((await given()).keys).toEqual({
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z0-9]{16}$/),
      SecretAccessKey: expect.any(String),
      Token: expect.any(String),
      Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/),
      RoleArn: 'arn:aws:iam::123456789012:role/davit-local-task',
    });
    const { sts } = await ownClients();
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(
      `arn:aws:sts::123456789012:assumed-role/davit-local-task/${taskArn.split('/').at(-1)}`,
    );
  });

  it('has an SDK that finds key, region and address by itself', async () => {
    const { taskDefinition } = await operator().ecs.send(register());
    const file = join(folder, 'identity');
    const program = `const { STSClient, GetCallerIdentityCommand } = require(${JSON.stringify(require.resolve('@aws-sdk/client-sts'))});
      new STSClient({}).send(new GetCallerIdentityCommand({})).then((who) => console.log(who.Arn), console.log);`;
    const script = `"${process.execPath}" -e '${program}' > ${file}.draft 2>&1; mv ${file}.draft ${file}`;
    await operator().ecs.send(run(String(taskDefinition?.taskDefinitionArn), script));
    await until('what the SDK says', () => existsSync(file));
    expect(readFileSync(file, 'utf8')).toMatch(
      /^arn:aws:sts::123456789012:assumed-role\/davit-local-task\/[0-9a-f]{32}\n$/,
    );
  });

  it('cannot read the secret of the broker, register or run anything, write a parameter, or invoke', async () => {
    const { ecs, ssm, secrets, lambda } = await ownClients();
    const code = 'AccessDeniedException';
    expect(await codeOf(ecs.send(register()))).toBe(code);
    expect(await codeOf(ecs.send(run('davit_local_tool_1:1', 'id')))).toBe(code);
    expect(await codeOf(secrets.send(new GetSecretValueCommand({ SecretId: secretId })))).toBe(
      code,
    );
    const put = new PutParameterCommand({ Name: '/davit/x', Value: '1', Type: 'String' });
    expect(await codeOf(ssm.send(put))).toBe(code);
    const invoke = new InvokeCommand({ FunctionName: 'davit-local-mirror', Payload: '{}' });
    await expect(lambda.send(invoke)).rejects.toMatchObject({
      name: code,
      message: expect.stringMatching(
        /^User: arn:aws:sts:.+ is not authorized to perform: lambda:InvokeFunction/,
      ),
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('gets no key of another run by asking without its token, or by asking otherwise', async () => {
    for (const token of ['', 'x', `Bearer ${env.AWS_CONTAINER_AUTHORIZATION_TOKEN}`]) {
      const answer = await given(token);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify(answer.keys)).not.toContain('SecretAccessKey');
    }
    const { keys } = await given();
    const half = { accessKeyId: keys.AccessKeyId, secretAccessKey: keys.SecretAccessKey };
    const { sts } = clientsOf(half);
    expect(await codeOf(sts.send(new GetCallerIdentityCommand({})))).toBe('InvalidClientTokenId');
  });

  it('has no access once its run has ended', async () => {
    const { sts } = await ownClients();
    await operator().ecs.send(new StopTaskCommand({ cluster: 'davit-local', task: taskArn }));
    await until('the end of its key', async () => (await given()).status >= 400);
    expect(await codeOf(sts.send(new GetCallerIdentityCommand({})))).toBe('InvalidClientTokenId');
  });
});
