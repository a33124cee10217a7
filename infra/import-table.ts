import { readFileSync } from 'node:fs';
import * as v from 'valibot';

const packaged = new URL(
  '../.serverless/cloudformation-template-update-stack.json',
  import.meta.url,
);

const resources = v.record(v.string(), v.unknown());
const template = v.looseObject({ Resources: v.optional(resources, {}) });
const withTable = v.looseObject({
  Resources: v.looseObject({
    TasksTable: v.looseObject({ Properties: v.looseObject({ TableName: v.string() }) }),
  }),
});

/**
 * The template with which CloudFormation imports a table that an earlier stack left: what the stack has now (an empty text
 * where there is none), and the table as the package has it. An import may change nothing else, so parameters and
 * conditions stay out, and the one property that depends on them is what it is at a table with rows.
 */
export const importTemplate = (stackText: string, packageText: string): object => {
  const stack = v.parse(template, JSON.parse(stackText.trim() || '{}'));
  const { TasksTable } = v.parse(withTable, JSON.parse(packageText)).Resources;
  const Properties = { ...TasksTable.Properties, DeletionProtectionEnabled: true };
  return {
    ...stack,
    Resources: { ...stack.Resources, TasksTable: { ...TasksTable, Properties } },
  };
};

// As a program: the stack's template on stdin, the answer on stdout.
if (import.meta.main) {
  const answer = importTemplate(readFileSync(0, 'utf8'), readFileSync(packaged, 'utf8'));
  process.stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`);
}
