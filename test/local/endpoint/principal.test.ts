import { expect, it } from 'vitest';
import { arnOf, type Principal, userIdOf } from '../../../local/endpoint/principal.ts';

const account = '123456789012';
const roleArn = `arn:aws:iam::${account}:role/team/davit-task`;
const operator: Principal = { kind: 'operator' };
const dispatch: Principal = { kind: 'function', roleArn, name: 'davit-local-dispatch' };
const task: Principal = {
  kind: 'task',
  roleArn,
  name: `arn:aws:ecs:eu-central-1:${account}:task/davit-local/0a1b`,
};

it.each([
  [operator, `arn:aws:iam::${account}:user/local`, 'AIDALOCALOPERATOR'],
  [
    dispatch,
    `arn:aws:sts::${account}:assumed-role/davit-task/davit-local-dispatch`,
    'AROALOCAL:davit-local-dispatch',
  ],
  [task, `arn:aws:sts::${account}:assumed-role/davit-task/0a1b`, 'AROALOCAL:0a1b'],
])('is named as STS names it', (principal, arn, userId) => {
  expect(arnOf(principal, account)).toBe(arn);
  expect(userIdOf(principal)).toBe(userId);
});
