/** The functions of a deployment, in the order of the template. */
export const functions = [
  'dispatch',
  'settle',
  'sweep',
  'release',
  'control',
  'relay',
  'topology',
] as const;
export type Name = (typeof functions)[number];

const broker = ['DAVIT_BROKER_URL', 'DAVIT_VHOST', 'DAVIT_BROKER_SECRET', 'DAVIT_REPLY_PREFIX'];
const moves = ['DAVIT_TABLE', 'DAVIT_CLUSTER', ...broker, 'DAVIT_BUS'];
/** The environment of each function, beside its stage. */
export const environments: Record<Name, readonly string[]> = {
  dispatch: [...moves, 'DAVIT_PARAMETERS', 'DAVIT_SUBNETS', 'DAVIT_SECURITY_GROUPS'],
  settle: [...moves, 'DAVIT_LOG_GROUP'],
  sweep: [...moves, 'DAVIT_PARAMETERS', 'DAVIT_LOG_GROUP'],
  release: [
    'DAVIT_TABLE',
    'DAVIT_PARAMETERS',
    'DAVIT_LOG_GROUP',
    'DAVIT_EXECUTION_ROLE',
    'DAVIT_TASK_ROLE',
    'DAVIT_REGISTRY',
    'DAVIT_BUS',
  ],
  control: moves,
  relay: moves,
  topology: [
    'DAVIT_MANAGEMENT_URL',
    'DAVIT_VHOST',
    'DAVIT_BROKER_SECRET',
    'DAVIT_REPLY_PREFIX',
    'DAVIT_BROKER_ADMIN_SECRET',
    'DAVIT_PUBLISHER_SECRET',
  ],
};

const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const inVpc = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];
const trigger = [...inVpc, 'ec2:DescribeSecurityGroups', 'ec2:DescribeVpcs', 'mq:DescribeBroker'];
const secret = ['secretsmanager:GetSecretValue', 'kms:Decrypt'];

/** The calls of each function's adapters, and those that Lambda makes in its name. */
export const actions: Record<Name, readonly string[]> = {
  dispatch: [
    ...logs,
    ...trigger,
    ...secret,
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'ecs:DescribeTasks',
    'ecs:RunTask',
    'ecs:StopTask',
    'events:PutEvents',
    'iam:PassRole',
    'ssm:GetParameters',
  ],
  settle: [
    ...logs,
    ...inVpc,
    ...secret,
    'dynamodb:GetItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'ecs:StopTask',
    'events:PutEvents',
    'logs:GetLogEvents',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
  ],
  sweep: [
    ...logs,
    ...inVpc,
    ...secret,
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'ecs:DescribeTasks',
    'ecs:ListTasks',
    'ecs:RunTask',
    'ecs:StopTask',
    'events:PutEvents',
    'iam:PassRole',
    'logs:GetLogEvents',
    'ssm:GetParameters',
  ],
  release: [
    ...logs,
    'dynamodb:GetItem',
    'dynamodb:UpdateItem',
    'ecr:DescribeImages',
    'ecs:RegisterTaskDefinition',
    'events:PutEvents',
    'iam:PassRole',
    'ssm:GetParametersByPath',
    'ssm:PutParameter',
  ],
  control: [
    ...logs,
    ...trigger,
    ...secret,
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'ecs:StopTask',
    'events:PutEvents',
  ],
  relay: [
    ...logs,
    ...inVpc,
    ...secret,
    'dynamodb:GetItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'ecs:DescribeTasks',
    'ecs:StopTask',
    'events:PutEvents',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
    'sqs:SendMessage',
  ],
  topology: [...logs, ...inVpc, ...secret],
};

/** Actions that a role may have on `*`, and why AWS has nothing narrower. */
export const everywhere = new Map([
  ['ec2:AssignPrivateIpAddresses', "Lambda's own need for a function in a VPC"],
  ['ec2:CreateNetworkInterface', "Lambda's own need for a function in a VPC"],
  ['ec2:DeleteNetworkInterface', "Lambda's own need for a function in a VPC"],
  ['ec2:DescribeNetworkInterfaces', 'EC2 knows no resources for descriptions'],
  ['ec2:DescribeSecurityGroups', 'EC2 knows no resources for descriptions'],
  ['ec2:DescribeSubnets', 'EC2 knows no resources for descriptions'],
  ['ec2:DescribeVpcs', 'EC2 knows no resources for descriptions'],
  ['ec2:UnassignPrivateIpAddresses', "Lambda's own need for a function in a VPC"],
  ['ecs:ListTasks', 'it takes no tasks; the condition binds it to the cluster'],
  ['ecs:RegisterTaskDefinition', 'a definition does not exist yet when it is registered'],
]);

/** The SDK clients in each function's bundle. */
export const clients: Record<Name, readonly string[]> = {
  dispatch: ['dynamodb', 'ecs', 'eventbridge', 'secrets-manager', 'ssm'],
  settle: ['cloudwatch-logs', 'dynamodb', 'ecs', 'eventbridge', 'secrets-manager'],
  sweep: ['cloudwatch-logs', 'dynamodb', 'ecs', 'eventbridge', 'secrets-manager', 'ssm'],
  release: ['dynamodb', 'ecr', 'ecs', 'eventbridge', 'ssm'],
  control: ['dynamodb', 'ecs', 'eventbridge', 'secrets-manager'],
  relay: ['dynamodb', 'ecs', 'eventbridge', 'secrets-manager'],
  topology: ['secrets-manager'],
};
