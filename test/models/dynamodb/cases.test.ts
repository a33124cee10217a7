import { expect, it } from 'vitest';
import { caseRow, caseSchema } from '../../kit/table-cases/table-case.ts';
import { tableCases } from '../../kit/table-cases/table-cases.ts';
import { tableUnderTest } from './kit.ts';

it.each(tableCases)('$what', ({ action, input, answer }) => {
  const table = tableUnderTest(caseSchema);
  table.call('PutItem', { Item: caseRow });
  expect(table.call(action, input)).toMatchObject(answer);
});
