import type { FactOf } from '../core/fact.ts';
import type { LineOf, RefusedLine } from '../core/run-lines.ts';
import type { OwnedRun } from '../core/spoken-notice.ts';

/** What a line about a result means for the row of its run. */
export const resultFactOf = (
  { run, ecsTaskArn }: OwnedRun,
  line: LineOf<'result'> | RefusedLine,
): FactOf<'resultRead'> => {
  const of = { kind: 'resultRead', run, ecsTaskArn, at: line.at } as const;
  return 'why' in line
    ? { ...of, missing: `its DAVIT_RESULT ${line.why}` }
    : { ...of, result: line.json };
};
