import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
  SSMServiceException,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { awsAccount } from '../../local/template/aws-account.ts';
import { call, newParameters } from '../../models/ssm/parameters.ts';
import type { ParameterAction, ParameterState } from '../../models/ssm/types.ts';
import { openSmallCloud, type SmallCloud } from '../kit/small-cloud.ts';

let small: SmallCloud;
let client: SSMClient;

beforeAll(async () => {
  small = await openSmallCloud();
  client = new SSMClient({ ...small.client, maxAttempts: 1 });
});

afterAll(() => small.stop());

const name = '/contract/echo/version';
const spec = '/contract/echo/deep/spec';

/** Calls in their order: each builds on those before. */
const calls: readonly (readonly [ParameterAction, object])[] = [
  ['GetParameter', { Name: name }],
  ['DeleteParameter', { Name: name }],
  ['PutParameter', { Name: name, Value: '1.0.0' }],
  ['PutParameter', { Name: name, Value: '1.0.0', Type: 'Number' }],
  ['PutParameter', { Name: name, Value: '1.0.0', Type: 'String' }],
  ['PutParameter', { Name: name, Value: '2.0.0', Type: 'String' }],
  ['PutParameter', { Name: name, Value: '2.0.0', Overwrite: true }],
  ['PutParameter', { Name: spec, Value: '{}', Type: 'String' }],
  ['PutParameter', { Name: 'contract/x', Value: '1', Type: 'String' }],
  ['PutParameter', { Name: '/aws/x', Value: '1', Type: 'String' }],
  ['PutParameter', { Name: name, Value: '{{ssm:x}}', Overwrite: true }],
  ['PutParameter', { Name: name, Value: 'x'.repeat(4097), Overwrite: true }],
  ['GetParameter', { Name: name }],
  ['GetParameter', { Name: `${name}:1` }],
  ['GetParameter', { Name: `${name}:9` }],
  ['GetParameters', { Names: [name, '/contract/none', `${name}:1`, `${name}:9`] }],
  ['GetParametersByPath', { Path: '/contract', Recursive: true }],
  ['GetParametersByPath', { Path: '/contract/echo' }],
  ['GetParametersByPath', { Path: '/contract', Recursive: true, MaxResults: 1 }],
  ['DeleteParameter', { Name: spec }],
  ['GetParametersByPath', { Path: '/contract', Recursive: true }],
  ['PutParameter', { Name: spec, Value: '[]', Type: 'String' }],
];

/** What SSM answers, without the times, which two clocks tell. */
const withoutTimes = (answer: object): object =>
  JSON.parse(
    JSON.stringify(answer, (key, value: unknown) =>
      key === 'LastModifiedDate' || key === '$metadata' ? undefined : value,
    ),
  );

const answerTo = async (action: ParameterAction, given: object): Promise<object> => {
  const input = Object(given);
  const send = {
    GetParameter: () => client.send(new GetParameterCommand(input)),
    GetParameters: () => client.send(new GetParametersCommand(input)),
    GetParametersByPath: () => client.send(new GetParametersByPathCommand(input)),
    PutParameter: () => client.send(new PutParameterCommand(input)),
    DeleteParameter: () => client.send(new DeleteParameterCommand(input)),
  }[action];
  try {
    return withoutTimes({ ok: true, output: await send() });
  } catch (error) {
    if (!(error instanceof SSMServiceException)) throw error;
    return { ok: false, error: { code: error.name, message: error.message } };
  }
};

it('the local SSM answers as the model does, call after call', async () => {
  const { account, region } = awsAccount;
  let state: ParameterState = newParameters({ account, region });
  for (const [action, input] of calls) {
    const done = call(state, { action, input }, Date.now());
    state = done.state;
    const here = await answerTo(action, input);
    expect({ action, input, answer: here }).toEqual({
      action,
      input,
      answer: withoutTimes(done.answer),
    });
  }
});
