import { expect, it } from 'vitest';
import { gateOf, type Wanted } from '../../../local/endpoint/gate.ts';
import type { AuthorizedCall } from '../../../local/endpoint/principal.ts';

const wanted: Wanted = {
  caller: { accessKeyId: 'ASIA', principal: { kind: 'task', name: 'task/1' } },
  service: 'lambda',
  action: 'Invoke',
  input: { FunctionName: 'f' },
};

it('authorizes the caller with the names of IAM, before anything is done', async () => {
  const calls: AuthorizedCall[] = [];
  const done: string[] = [];
  const refuse = (call: AuthorizedCall): string => {
    calls.push(call);
    return 'User: x is not authorized';
  };
  const gate = gateOf(refuse, () => {});
  const carryOut = () => void done.push('done');
  await expect(gate(wanted, carryOut)).rejects.toMatchObject({
    code: 'AccessDeniedException',
    message: 'User: x is not authorized',
    status: 403,
  });
  await expect(
    gate({ ...wanted, service: 'ecs', action: 'RunTask' }, carryOut),
  ).rejects.toMatchObject({ code: 'AccessDeniedException', status: 400 });
  expect(calls[0]).toEqual({
    principal: wanted.caller.principal,
    service: 'lambda',
    action: 'InvokeFunction',
    input: { FunctionName: 'f' },
  });
  expect(done).toEqual([]);
});

it('shows an authorized call with its input before and after it is carried out, also if it fails', async () => {
  const seen: string[] = [];
  const gate = gateOf(
    () => undefined,
    (_, { action, phase, input }) => void seen.push(`${phase} ${action} ${input.FunctionName}`),
  );
  const fails = () => {
    seen.push('done');
    throw new Error('no');
  };
  await expect(gate(wanted, fails)).rejects.toThrow('no');
  expect(seen).toEqual(['before Invoke f', 'done', 'after Invoke f']);
});
