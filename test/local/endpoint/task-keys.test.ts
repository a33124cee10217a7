import { expect, it } from 'vitest';
import { openCredentials } from '../../../local/endpoint/credentials.ts';
import { openTaskKeys, taskKeysPath } from '../../../local/endpoint/task-keys.ts';

const roleArn = 'arn:aws:iam::123456789012:role/davit-task';

const opened = () => {
  const credentials = openCredentials();
  const keys = openTaskKeys(credentials);
  const ask = (authorization: string | undefined, method = 'GET', path = taskKeysPath) =>
    keys.answer({ method, path, headers: { authorization } });
  const keyOf = (token: string) => JSON.parse(ask(token)?.body ?? '{}');
  return { credentials, keys, ask, keyOf };
};

it('gives each run its own key, which stays the same until the run ends', () => {
  const { credentials, keys, keyOf } = opened();
  const [one, other] = [keys.open('task/1', roleArn), keys.open('task/2', roleArn)];
  const key = keyOf(one);
  expect(keyOf(one).AccessKeyId).toBe(key.AccessKeyId);
  expect(keyOf(other).AccessKeyId).not.toBe(key.AccessKeyId);
  expect(credentials.find(key.AccessKeyId)).toMatchObject({
    sessionToken: key.Token,
    principal: { kind: 'task', roleArn, name: 'task/1' },
  });
});

it('forgets token and key when the run ends', () => {
  const { credentials, keys, ask, keyOf } = opened();
  const token = keys.open('task/1', roleArn);
  const { AccessKeyId } = keyOf(token);
  keys.close('task/1');
  keys.close('task/1');
  expect(ask(token)?.status).toBe(403);
  expect(credentials.find(AccessKeyId)).toBeUndefined();
});

it('answers nothing but a GET of its path with a token that it made', () => {
  const { keys, ask } = opened();
  const token = keys.open('task/1', roleArn);
  for (const wrong of [undefined, '', `${token}x`, 'constructor']) {
    expect(ask(wrong)?.status).toBe(403);
  }
  expect(ask(token, 'POST')).toBeUndefined();
  expect(ask(token, 'GET', `${taskKeysPath}/x`)).toBeUndefined();
});
