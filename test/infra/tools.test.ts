import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { specsIn, toolResources } from '../../infra/tools.ts';
import { specOf } from '../../shared/wire/spec.ts';
import { root } from '../kit/root.ts';

const echo = 'image: echo, cpu: 256, memoryMiB: 512, placements: [cpu]';

describe('the resources of tools.yml', () => {
  it('are a parameter for each tool, which holds its spec', () => {
    expect(toolResources('test', `echo: { ${echo} }`)).toEqual({
      Resources: {
        EchoSpec: {
          Type: 'AWS::SSM::Parameter',
          Properties: {
            Name: '/davit/test/tools/echo/spec',
            Description: 'How echo is run, from tools.yml; written by the deployment alone.',
            Type: 'String',
            Value: JSON.stringify(specsIn(`echo: { ${echo} }`).echo),
          },
        },
      },
    });
  });

  it('are also a parameter for the limit of the whole stage, where the file has one', () => {
    const { Resources } = JSON.parse(
      JSON.stringify(toolResources('test', `maxRunning: 40\necho: { ${echo} }`)),
    );
    expect(Object.keys(Resources)).toEqual(['EchoSpec', 'StageLimit']);
    expect(Resources.StageLimit).toMatchObject({
      Type: 'AWS::SSM::Parameter',
      Properties: { Name: '/davit/test/maxRunning', Type: 'String', Value: '40' },
    });
  });

  it.each([
    ['0', /- maxRunning: expected .* but 0 came; a limit of 0 would start nothing/],
    ['401', /- maxRunning: expected a whole number from 1 to 400, but 401 came; every start/],
    ['many', /- maxRunning: expected .* but "many" came; it is the most runs of all tools/],
  ])('are refused when the limit of the stage is %s', (value, sentence) => {
    expect(() => toolResources('test', `maxRunning: ${value}\necho: { ${echo} }`)).toThrow(
      sentence,
    );
  });

  const key = 'arn:aws:ssm:eu-central-1:123456789012:parameter/film/key';
  const login = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:film/login-a1B2c3';

  const keysOf = (name: string, service: string, context: object) => ({
    Sid: `${name}Keys`,
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:kms:${AWS::Region}:*:key/*' },
    Condition: {
      StringEquals: {
        'kms:ViaService': { 'Fn::Sub': `${service}.\${AWS::Region}.\${AWS::URLSuffix}` },
        ...context,
      },
    },
  });

  it('let the execution role read the secrets that tools name, each once, and no other', () => {
    const text = `a: { ${echo}, secrets: { KEY: "${key}", USER: "${login}:username::", PASSWORD: "${login}:password::" } }
b: { ${echo}, secrets: { KEY: "${key}" } }`;
    expect(toolResources('test', text)).toMatchObject({
      Resources: {
        ToolSecretsPolicy: {
          Type: 'AWS::IAM::Policy',
          Properties: {
            // IAM has one list of a role's policies for all regions: a stage in another one must not write over it.
            PolicyName: { 'Fn::Sub': 'davit-test-tool-secrets-${AWS::Region}' },
            Roles: [{ 'Fn::Select': [1, { 'Fn::Split': ['/', { Ref: 'ExecutionRoleArn' }] }] }],
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                {
                  Sid: 'Parameters',
                  Effect: 'Allow',
                  Action: 'ssm:GetParameters',
                  Resource: [key],
                },
                keysOf('Parameter', 'ssm', { 'kms:EncryptionContext:PARAMETER_ARN': [key] }),
                {
                  Sid: 'Secrets',
                  Effect: 'Allow',
                  Action: 'secretsmanager:GetSecretValue',
                  Resource: [login],
                },
                keysOf('Secret', 'secretsmanager', { 'kms:EncryptionContext:SecretARN': [login] }),
              ],
            },
          },
        },
      },
    });
  });

  it('are of the policy nothing where no tool names a secret, and only the part that one needs', () => {
    expect(toolResources('test', `a: { ${echo} }`)).not.toHaveProperty(
      'Resources.ToolSecretsPolicy',
    );
    const resources = toolResources('test', `a: { ${echo}, secrets: { KEY: "${key}" } }`);
    expect(JSON.stringify(resources)).not.toContain('secretsmanager');
  });

  it('hold no "{{", which SSM takes for another parameter, and no "${", which the deployment fills in', () => {
    const text = `a: { ${echo}, command: ["{{{input.a}}}", "{{{{"], environment: { A: "{{ssm:x}}", B: "\${env:HOME}{" } }`;
    const resources = JSON.parse(JSON.stringify(toolResources('test', text))).Resources;
    const { Value } = resources.ASpec.Properties;
    expect(Value).not.toMatch(/[{$]\{/);
    expect(specOf(Value)).toEqual({ spec: specsIn(text).a });
  });

  it('have ids of their own also where names differ by a hyphen alone', () => {
    const text = ['a-1', 'a1', 'a--1'].map((name) => `${name}: { ${echo} }`).join('\n');
    expect(toolResources('test', text)).toEqual({
      Resources: {
        ADash1Spec: expect.anything(),
        A1Spec: expect.anything(),
        ADashDash1Spec: expect.anything(),
      },
    });
  });

  it('can be made of what docs/messages.md shows', () => {
    const [, example = ''] =
      /```yaml\n(.*?)```/s.exec(readFileSync(join(root, 'docs/messages.md'), 'utf8')) ?? [];
    expect(specsIn(example)).toMatchObject({
      thumbnail: { command: expect.arrayContaining(['{input.url}']), architecture: 'arm64' },
    });
  });

  it('are refused with every fault in one error', () => {
    expect(() => toolResources('test', 'a: { cpu: 1 }\nb: 3')).toThrow(
      /^tools\.yml cannot be deployed:\n- a\.image: .*\n- a\.cpu: .*\n- a\.memoryMiB: .*\n- a\.placements: .*\n- b: .*$/,
    );
  });

  it.each([
    ['echo: [', /^tools\.yml cannot be deployed:\n- expected YAML, but .*line 1/],
    ['echo: {}\necho: {}', /expected YAML, but Map keys must be unique/],
    ['', /expected tools by their names, but nothing came/],
  ])('are refused when the file is %j', (text, sentence) => {
    expect(() => toolResources('test', text)).toThrow(sentence);
  });

  it.each(['Test', 'my_stage', '1st', 'a-stage-that-is-too-long'])(
    'are refused for the stage %s, of which a family name could not be made',
    (stage) => {
      expect(() => toolResources(stage, `echo: { ${echo} }`)).toThrow(
        /^tools\.yml cannot be deployed:\n- --stage: expected at most 16 small letters/,
      );
    },
  );
});
