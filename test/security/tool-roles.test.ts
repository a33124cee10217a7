/*
 * Attacker: a tool with the keys that every container of a task gets, or code that runs in one of the functions. Goal: to
 * make calls that its role does not allow: to start tasks, with any role and definition, to read the secret of the broker's
 * administrator, to write pins, live records and rows, on this stage or another. What remains possible: the calls
 * that the role allows; for a tool to whose role the template attaches no policy, only to ask for its own identity.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../local/endpoint/input.ts';
import type { Authorize, Principal } from '../../local/endpoint/principal.ts';
import { openAuthorize } from '../../local/iam/authorize.ts';
import { policiesOf, type RolePolicies } from '../../local/iam/policies.ts';
import { awsAccount } from '../../local/template/aws-account.ts';
import { type Plan, planOf } from '../../local/template/plan.ts';
import { isObject } from '../../shared/core/object.ts';
import { actions, functions, type Name } from '../kit/grants.ts';
import { compiled } from '../kit/template.ts';

const here = (service: string, rest: string) =>
  `arn:aws:${service}:${awsAccount.region}:${awsAccount.account}:${rest}`;
const role = (name: string) => `arn:aws:iam::${awsAccount.account}:role/${name}`;

let plan: Plan;
let authorize: Authorize;
let parameters: Readonly<Record<string, unknown>>;

const definitionOf = (given: string) => ({
  taskDefinitionArn: given,
  family: 'echo',
  revision: 1,
  status: 'ACTIVE' as const,
  containerDefinitions: [],
  compatibilities: [],
  registeredAt: 0,
  networkMode: 'awsvpc',
  taskRoleArn: String(parameters.TaskRoleArn),
  executionRoleArn: String(parameters.ExecutionRoleArn),
});

const openFor = (policies: RolePolicies): Authorize =>
  openAuthorize(policies, { awsAccount, tables: plan.dynamodb.tables, definition: definitionOf });

beforeAll(async () => {
  const template = await compiled();
  parameters = Object.fromEntries(
    Object.entries(template.parameters).map(([name, { Default }]) => [name, Default]),
  );
  plan = planOf({ parameters, resources: [...template.deployed().values()] });
  authorize = openFor(plan.iam.policies);
}, 300_000);

const asFunction = (name: Name): Principal => ({
  kind: 'function',
  roleArn: role(`davit-local-${name}-${awsAccount.region}`),
  name: `davit-local-${name}`,
});
const aTask = (): Principal => ({
  kind: 'task',
  roleArn: String(parameters.TaskRoleArn),
  name: here('ecs', `task/${parameters.ClusterName}/0123456789abcdef`),
});

type Call = readonly [service: string, action: string, input: JsonObject];
const asks = (principal: Principal, [service, action, input]: Call, by = authorize) =>
  by({ principal, service, action, input });

const row = (taskId: string) => ({
  TableName: 'davit-local-tasks',
  Key: { taskId: { S: taskId } },
  Item: { taskId: { S: taskId } },
});
const definition = here('ecs', 'task-definition/davit_local_echo_1_0_0_fargate:1');
const live = '/davit/local/tools/echo/live';

/** The inputs of the calls that the functions' adapters make, by the names of the grants. */
const realCalls = (): Readonly<Record<string, readonly JsonObject[]>> => {
  const cluster = String(parameters.ClusterName);
  return {
    'dynamodb:GetItem': [row('film-1')],
    'dynamodb:PutItem': [row('film-1')],
    'dynamodb:UpdateItem': [row('film-1')],
    'dynamodb:DeleteItem': [row('#limit/echo'), row('#stage')],
    // Of the sweep also the other indexes: below.
    'dynamodb:Query': [query('waiting')],
    'ecs:RunTask': [{ cluster, taskDefinition: definition }],
    'ecs:DescribeTasks': [{ cluster, tasks: [here('ecs', `task/${cluster}/1`)] }],
    'ecs:StopTask': [{ cluster, task: here('ecs', `task/${cluster}/1`) }],
    'ecs:ListTasks': [{ cluster, desiredStatus: 'RUNNING' }],
    'ecs:RegisterTaskDefinition': [
      {
        family: 'davit_local_echo_1_0_0_fargate',
        taskRoleArn: parameters.TaskRoleArn,
        executionRoleArn: parameters.ExecutionRoleArn,
      },
    ],
    'ecr:DescribeImages': [
      {
        registryId: awsAccount.account,
        repositoryName: `${String(parameters.Registry).split('/').slice(1).join('/')}/echo`,
      },
    ],
    'events:PutEvents': [{ Entries: [{ EventBusName: 'davit-local' }] }],
    'secretsmanager:GetSecretValue': [{ SecretId: parameters.BrokerSecretArn }],
    'ssm:GetParameters': [
      {
        Names: [
          ...['live', 'spec', 'paused'].map((name) => `/davit/local/tools/echo/${name}`),
          '/davit/local/paused',
          '/davit/local/maxRunning',
        ],
      },
    ],
    'ssm:GetParametersByPath': [{ Path: '/davit/local/tools', Recursive: true }],
    'ssm:PutParameter': [{ Name: live, Value: '{}', Overwrite: true }],
  };
};

// Calls that Lambda and ECS make themselves with a role, and permissions that another call needs.
const notByCode =
  /^(ec2|kms|logs|mq):|^sqs:(DeleteMessage|GetQueueAttributes|ReceiveMessage|SendMessage)$|^iam:PassRole$/;

const query = (IndexName: string) => ({ TableName: 'davit-local-tasks', IndexName });

/** Some functions make a call only about one item, or only at one index. */
const inputOf = (name: Name, call: string, given: Call[2]): Call[2] => {
  if (name === 'release' && call.startsWith('dynamodb:')) return row('#live/echo');
  return name === 'dispatch' && call === 'dynamodb:Query' ? query('waiting') : given;
};

describe('a function', () => {
  it.each(functions)(
    '%s is allowed every call that it makes, and none of the calls of others',
    async (name) => {
      for (const [call, inputs] of Object.entries(realCalls())) {
        const [service = '', action = ''] = call.split(':');
        for (const given of inputs) {
          const input = inputOf(name, call, given);
          const isAllowed = asks(asFunction(name), [service, action, input]) === undefined;
          expect({ name, call, isAllowed }).toEqual({
            name,
            call,
            isAllowed: actions[name].includes(call),
          });
        }
      }
      const made = actions[name].filter((action) => !notByCode.test(action));
      expect(made.filter((action) => !(action in realCalls()))).toEqual([]);
    },
  );

  it.each(['due', 'outbox', 'by-phase'])('sweep alone may query the index %s', (IndexName) => {
    const input = { TableName: 'davit-local-tasks', IndexName };
    const may = functions.filter(
      (name) => asks(asFunction(name), ['dynamodb', 'Query', input]) === undefined,
    );
    expect(may).toEqual(['sweep']);
  });

  const attempts: readonly (readonly [who: Name, what: string, ...Call])[] = [
    ['sweep', 'to delete a row', 'dynamodb', 'DeleteItem', row('film-1')],
    [
      'dispatch',
      "the administrator's secret",
      'secretsmanager',
      'GetSecretValue',
      { SecretId: 'admin' },
    ],
    ['dispatch', 'a pin', 'ssm', 'PutParameter', { Name: '/davit/local/tools/echo/version' }],
    [
      'dispatch',
      "another stage's parameter",
      'ssm',
      'GetParameters',
      { Names: [live.replace('local', 'prod')] },
    ],
    [
      'dispatch',
      'one good and one foreign parameter',
      'ssm',
      'GetParameters',
      { Names: [live, '/x'] },
    ],
    ['dispatch', 'a pattern', 'ssm', 'GetParameters', { Names: ['/davit/local/tools/*'] }],
    [
      'dispatch',
      'another cluster',
      'ecs',
      'RunTask',
      { cluster: 'other', taskDefinition: definition },
    ],
    [
      'dispatch',
      'a foreign definition',
      'ecs',
      'RunTask',
      { cluster: 'davit-local', taskDefinition: here('ecs', 'task-definition/payroll:1') },
    ],
    [
      'dispatch',
      'a role of its choice',
      'ecs',
      'RunTask',
      {
        cluster: 'davit-local',
        taskDefinition: definition,
        overrides: { taskRoleArn: role('administrator') },
      },
    ],
    [
      'dispatch',
      'any role',
      'ecs',
      'RunTask',
      {
        cluster: 'davit-local',
        taskDefinition: definition,
        overrides: { executionRoleArn: role('*') },
      },
    ],
    [
      'release',
      'a role of its choice',
      'ecs',
      'RegisterTaskDefinition',
      { family: 'x', taskRoleArn: role('administrator') },
    ],
    ['release', 'a row', 'dynamodb', 'UpdateItem', row('film-1')],
    [
      'release',
      'rows',
      'dynamodb',
      'BatchGetItem',
      { RequestItems: { 'davit-local-tasks': { Keys: [{ taskId: { S: 'film-1' } }] } } },
    ],
    ['release', 'a spec', 'ssm', 'PutParameter', { Name: '/davit/local/tools/echo/spec' }],
    ['settle', 'the table whole', 'dynamodb', 'Scan', { TableName: 'davit-local-tasks' }],
    [
      'settle',
      "another stage's bus",
      'events',
      'PutEvents',
      { Entries: [{ EventBusName: 'davit-prod' }] },
    ],
    ['settle', 'a function', 'lambda', 'InvokeFunction', { FunctionName: 'davit-local-control' }],
    ['settle', 'messages of its queue', 'sqs', 'ReceiveMessage', { QueueUrl: 'x' }],
    ['relay', 'messages for its queue', 'sqs', 'SendMessage', { QueueUrl: 'x', MessageBody: '{}' }],
    ['sweep', 'PartiQL', 'dynamodb', 'ExecuteStatement', { Statement: 'SELECT *' }],
  ];
  it.each(attempts)('%s is refused %s', (who, _what, ...call) => {
    expect(asks(asFunction(who), call)).toMatch(
      new RegExp(
        `^User: arn:aws:sts::123456789012:assumed-role/davit-local-${who}-eu-central-1/davit-local-${who} is not authorized to perform: `,
      ),
    );
  });

  it("is refused in AWS's words, and in ours where the call is not known here", () => {
    const refused = (...call: Call) => asks(asFunction('settle'), call);
    expect(refused('ecs', 'RunTask', { cluster: 'davit', taskDefinition: definition })).toBe(
      `User: arn:aws:sts::123456789012:assumed-role/davit-local-settle-eu-central-1/davit-local-settle is not authorized to perform: ecs:RunTask on resource: ${definition} because no identity-based policy allows the ecs:RunTask action`,
    );
    expect(refused('sqs', 'ReceiveMessage', {})).toMatch(/the local IAM does not know this call/);
  });

  it('may no longer make a call when the statement that allowed it is removed', () => {
    const without = (sid: string): Authorize =>
      openFor(
        new Map(
          [...plan.iam.policies].map(([name, policies]) => [
            name,
            policies.map(({ document, ...rest }) => ({
              ...rest,
              document: {
                ...document,
                Statement: [document.Statement]
                  .flat()
                  .filter((one) => isObject(one) && one.Sid !== sid),
              },
            })),
          ]),
        ),
      );
    const cluster = parameters.ClusterName;
    const runs: Call = ['ecs', 'RunTask', { cluster, taskDefinition: definition }];
    expect(asks(asFunction('dispatch'), runs)).toBeUndefined();
    expect(asks(asFunction('dispatch'), runs, without('Launch'))).toContain('ecs:RunTask');
    expect(asks(asFunction('dispatch'), runs, without('PassRoles'))).toContain('iam:PassRole');
    const tools: Call = ['ssm', 'GetParameters', { Names: [live] }];
    expect(asks(asFunction('dispatch'), tools, without('Tools'))).toContain('ssm:GetParameters');
  });

  it('gets no more rights when it uses the name of another function', () => {
    const call: Call = [
      'secretsmanager',
      'GetSecretValue',
      { SecretId: parameters.BrokerAdminSecretArn },
    ];
    expect(asks(asFunction('topology'), call)).toBeUndefined();
    expect(asks({ ...asFunction('dispatch'), name: 'davit-local-topology' }, call)).toContain(
      'not authorized',
    );
    expect(asks({ kind: 'function', name: 'davit-local-topology' }, call)).toContain(
      'not authorized',
    );
  });
});

describe('a tool', () => {
  it('may ask for its identity, and make none of the other calls of this file', () => {
    expect(asks(aTask(), ['sts', 'GetCallerIdentity', {}])).toBeUndefined();
    for (const [call, inputs] of Object.entries(realCalls())) {
      const [service = '', action = ''] = call.split(':');
      for (const input of inputs) {
        expect(asks(aTask(), [service, action, input])).toMatch(/is not authorized to perform/);
      }
    }
    expect(
      asks(aTask(), ['lambda', 'InvokeFunction', { FunctionName: 'davit-local-control' }]),
    ).toMatch(
      /assumed-role\/[^/]+\/0123456789abcdef is not authorized to perform: lambda:InvokeFunction/,
    );
  });

  it('may do what a policy of the template allows its role', () => {
    const policy = {
      logicalId: 'ToolPolicy',
      type: 'AWS::IAM::Policy',
      properties: {
        PolicyName: 'x',
        Roles: [String(parameters.TaskRoleArn).split('/').at(-1)],
        PolicyDocument: {
          Statement: {
            Effect: 'Allow',
            Action: 'ssm:GetParameter',
            Resource: here('ssm', 'parameter/x'),
          },
        },
      },
    };
    const by = openFor(policiesOf([policy]));
    expect(asks(aTask(), ['ssm', 'GetParameter', { Name: '/x' }], by)).toBeUndefined();
    expect(asks(aTask(), ['ssm', 'GetParameter', { Name: '/y' }], by)).toContain(
      'ssm:GetParameter',
    );
  });
});

it('the operator may do everything, also calls that the simulator does not know', () => {
  expect(asks({ kind: 'operator' }, ['anything', 'AtAll', {}])).toBeUndefined();
});
