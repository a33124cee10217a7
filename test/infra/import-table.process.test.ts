import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importTemplate } from '../../infra/import-table.ts';
import { compiled } from '../kit/template.ts';

it('imports the table alone, as the package has it and protected, and leaves what the stack has', async () => {
  const { dir, resources } = await compiled();
  const packaged = readFileSync(join(dir, 'cloudformation-template-update-stack.json'), 'utf8');
  const table = {
    ...resources.TasksTable,
    Properties: { ...resources.TasksTable?.Properties, DeletionProtectionEnabled: true },
  };
  expect(importTemplate('', packaged)).toEqual({ Resources: { TasksTable: table } });
  // The import knows neither parameters nor conditions.
  expect(JSON.stringify(table)).not.toMatch(/"Ref"|"Fn::/);

  const Outputs = { BucketName: { Value: { Ref: 'Bucket' } } };
  const stack = { Resources: { Bucket: { Type: 'AWS::S3::Bucket' } }, Outputs };
  expect(importTemplate(JSON.stringify(stack), packaged)).toEqual({
    Resources: { ...stack.Resources, TasksTable: table },
    Outputs,
  });
}, 300_000);
