import { expect, it } from 'vitest';
import { jsonProtocol } from '../../../local/endpoint/json-protocol.ts';
import { openGate } from '../../kit/operator.ts';

const answer = jsonProtocol({ ssm: { GetParameter: () => ({}) } }, openGate);

const call = (target: string) =>
  answer(
    { method: 'POST', path: '/', headers: { 'x-amz-target': target }, body: Buffer.from('{}') },
    { accessKeyId: 'AKIA', principal: { kind: 'operator' } },
  );

it('answers an action that a service has', async () => {
  expect((await call('AmazonSSM.GetParameter')).status).toBe(200);
});

it.each(['AmazonSSM.toString', 'AmazonSSM.constructor', 'constructor.x', 'toString.toString', 'x'])(
  'refuses %s as AWS refuses what it does not know',
  async (target) => {
    await expect(call(target)).rejects.toMatchObject({ code: 'UnknownOperationException' });
  },
);
