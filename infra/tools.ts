import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { errorMessage } from '../shared/core/error-message.ts';
import type { ToolSpec } from '../shared/core/tool.ts';
import { parameterText } from '../shared/wire/spec.ts';
import { type ParsedTools, toolsOf } from '../shared/wire/tools-file.ts';

const toolsFile = new URL('../tools.yml', import.meta.url);

/** Reads every tool of a `tools.yml`; throws one error that names every fault in it. */
export const specsIn = (text: string): Readonly<Record<string, ToolSpec>> => toolsIn(text).specs;

/**
 * CloudFormation's resources for the tools: of each, the SSM parameter `spec`; where `tools.yml` has a limit of the stage, its
 * parameter; and, where tools name secrets, the policy with which the execution role reads them.
 */
export const toolResources = (stage: string, text = readFileSync(toolsFile, 'utf8')): object => {
  const faults = faultsOfStage(stage);
  if (faults.length > 0) {
    return refuse(faults);
  }
  const { specs, maxRunning } = toolsIn(text);
  const resources = Object.entries(specs).map(([tool, spec]) => [
    idOf(tool),
    {
      Type: 'AWS::SSM::Parameter',
      Properties: {
        Name: `/davit/${stage}/tools/${tool}/spec`,
        Description: `How ${tool} is run, from tools.yml; written by the deployment alone.`,
        Type: 'String',
        Value: parameterText(spec),
      },
    },
  ]);
  return {
    Resources: {
      ...Object.fromEntries(resources),
      ...stageLimit(stage, maxRunning),
      ...secretsPolicy(stage, Object.values(specs)),
    },
  };
};

const toolsIn = (text: string): Extract<ParsedTools, { readonly specs: object }> => {
  const parsed = toolsOf(documentOf(text));
  return 'specs' in parsed ? parsed : refuse(parsed.faults);
};

const stageLimit = (stage: string, maxRunning: number | undefined): object =>
  maxRunning === undefined
    ? {}
    : {
        StageLimit: {
          Type: 'AWS::SSM::Parameter',
          Properties: {
            Name: `/davit/${stage}/maxRunning`,
            Description:
              'How many runs of all tools may live at the same time, from tools.yml; written by the deployment alone.',
            Type: 'String',
            Value: `${maxRunning}`,
          },
        },
      };

const documentOf = (text: string): unknown => {
  try {
    return parse(text);
  } catch (error) {
    return refuse([`expected YAML, but ${errorMessage(error)}`], error);
  }
};

const refuse = (faults: readonly string[], cause?: unknown): never => {
  throw new Error(
    `tools.yml cannot be deployed:\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
    { cause },
  );
};

/** An ECS family is `davit_<stage>_<tool>_…`, so the name of a stage may not contain the separator. */
const faultsOfStage = (stage: string): readonly string[] =>
  /^[a-z][a-z0-9-]{0,15}$/.test(stage)
    ? []
    : [
        `--stage: expected at most 16 small letters, digits and hyphens, but got "${stage}"; rename it`,
      ];

/** A tool's logical id; a hyphen becomes `Dash`, so that `a-1` and `a1` differ. */
const idOf = (tool: string): string =>
  `${tool.charAt(0).toUpperCase()}${tool.slice(1).replaceAll('-', 'Dash')}Spec`;

/** The kinds of secrets. Any customer key may be used, but only for values whose encryption context names one of them (SSM and Secrets Manager guides, KMS). */
const kinds = [
  { service: 'ssm', name: 'Parameter', action: 'ssm:GetParameters', context: 'PARAMETER_ARN' },
  {
    service: 'secretsmanager',
    name: 'Secret',
    action: 'secretsmanager:GetSecretValue',
    context: 'SecretARN',
  },
] as const;

const roleName = { 'Fn::Select': [1, { 'Fn::Split': ['/', { Ref: 'ExecutionRoleArn' }] }] };

/** The policy with which ECS reads the secrets that the tools name, and no others, before it starts them. */
const secretsPolicy = (stage: string, specs: readonly ToolSpec[]): object => {
  const named = specs.flatMap(({ secrets = {} }) => Object.values(secrets));
  // After the seventh colon a secret's ARN names a part of it, which IAM does not know.
  const arns = [...new Set(named.map((arn) => arn.split(':').slice(0, 7).join(':')))].sort();
  const statements = kinds.flatMap(({ service, name, action, context }) => {
    const Resource = arns.filter((arn) => arn.includes(`:${service}:`));
    if (Resource.length === 0) return [];
    const via = { 'Fn::Sub': `${service}.\${AWS::Region}.\${AWS::URLSuffix}` };
    return [
      { Sid: `${name}s`, Effect: 'Allow', Action: action, Resource },
      {
        Sid: `${name}Keys`,
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:kms:${AWS::Region}:*:key/*' },
        Condition: {
          StringEquals: { 'kms:ViaService': via, [`kms:EncryptionContext:${context}`]: Resource },
        },
      },
    ];
  });
  if (statements.length === 0) return {};
  return {
    ToolSecretsPolicy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        // The same stage in two regions may share an execution role.
        PolicyName: { 'Fn::Sub': `davit-${stage}-tool-secrets-\${AWS::Region}` },
        Roles: [roleName],
        PolicyDocument: { Version: '2012-10-17', Statement: statements },
      },
    },
  };
};
