import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Group, longTestsOf } from './batches.ts';
import { eachBy } from './each-by.ts';
import { type Stage, showProgress } from './stage.ts';

/**
 * Judges the faults that are left in places that no test executes, but modules do while they are imported. These have
 * their effect before any test runs, so everything is imported again for each of them.
 */
export const judgeByImporting = async (stage: Stage, groups: readonly Group[]): Promise<void> => {
  const { judges, ledger, print } = stage;
  const folder = mkdtempSync(join(tmpdir(), 'davit-mutants-'));
  try {
    const skip = longTestsOf(groups);
    const learnt = groups.flatMap((group) => group.learnt);
    const together = togetherIn(folder);
    const inTests = new Set(learnt.flatMap(({ tests }) => tests.flatMap(({ hits }) => hits)));
    const work = [...ledger.left].flatMap((fault) => {
      if (inTests.has(fault)) return [];
      const files = learnt.filter(({ outside }) => outside.includes(fault)).map(({ file }) => file);
      return files.length > 0 ? [{ fault, file: together(files) }] : [];
    });
    const usable = new Set<string>();
    await eachBy(judges, [...new Set(work.map(({ file }) => file))], async (judge, file) => {
      const { failed } = await judge.ask({ kind: 'import', fault: noFault, skip }, [file]);
      if (failed === undefined) usable.add(file);
      else print(`failed without any fault, so that its file did not judge imports: ${failed}`);
    });
    const show = showProgress('imports', work.length, stage);
    await eachBy(judges, work, async (judge, { fault, file }) => {
      if (usable.has(file)) {
        const { failed } = await judge.ask({ kind: 'import', fault, skip }, [file]);
        if (failed !== undefined) ledger.kill(fault, failed);
      }
      show();
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const noFault = -1;

/** A file that imports all these test files, so that they run in one thread, which imports the sources once. */
const togetherIn = (folder: string): ((files: readonly string[]) => string) => {
  const made = new Map<string, string>();
  return (files) => {
    const text = files.map((file) => `import ${JSON.stringify(file)};\n`).join('');
    const known = made.get(text);
    if (known !== undefined) return known;
    const file = join(folder, `together-${made.size}.test.ts`);
    writeFileSync(file, text);
    made.set(text, file);
    return file;
  };
};
