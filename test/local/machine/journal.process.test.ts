import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openJournal, readJournal } from '../../../local/machine/journal.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-journal-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('reads back a journal without the line that a crash cut short, and goes on after it', () => {
  const path = join(dir, 'j.jsonl');
  writeFileSync(path, '{"n":1}\n{"n":2}\n{"n":');
  expect([...readJournal(path)]).toEqual([{ n: 1 }, { n: 2 }]);
  const journal = openJournal(path);
  journal.append({ n: 3 });
  journal.close();
  expect([...readJournal(path)]).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  openJournal(path, [{ n: 4 }]).close();
  expect([...readJournal(path)]).toEqual([{ n: 4 }]);
});

it('reads a journal that is longer than a block, and knows when it has grown long', () => {
  const path = join(dir, 'j.jsonl');
  const entries = Array.from({ length: 40 }, (_, n) => ({ n, text: 'ü'.repeat(500_001) }));
  const journal = openJournal(path, entries.slice(0, 1));
  expect(journal.isLong()).toBe(false);
  for (const entry of entries.slice(1)) journal.append(entry);
  expect(journal.isLong()).toBe(true);
  journal.stayLong();
  expect(journal.isLong()).toBe(false);
  journal.close();
  expect([...readJournal(path)]).toEqual(entries);
});

it('writes nothing into the file that has the number of a closed journal', () => {
  const journal = openJournal(join(dir, 'j.jsonl'));
  journal.close();
  const other = openSync(join(dir, 'other'), 'a');
  expect(() => journal.append({ n: 1 })).toThrow(/j\.jsonl is closed: the local stack is stopping/);
  journal.close();
  closeSync(other);
  expect(readFileSync(join(dir, 'other'), 'utf8')).toBe('');
});

it.each(['', '[{ n: 0 }]'])(
  'keeps what is written after an entry that did not fit, opened with (%s)',
  (entries) => {
    const path = join(dir, 'j.jsonl');
    const journal = new URL('../../../local/machine/journal.ts', import.meta.url).href;
    const program = join(dir, 'program.mjs');
    writeFileSync(
      program,
      `import { openJournal } from ${JSON.stringify(journal)};
    const journal = openJournal(${JSON.stringify(path)}${entries && `, ${entries}`});
    try {
      journal.append({ text: 'x'.repeat(10_000) });
    } catch ({ code }) {
      journal.append({ code });
      journal.append({ n: 2 });
    }`,
    );
    // No file grows beyond four blocks, as none does on a full disk.
    execFileSync('sh', ['-c', 'ulimit -f 4; exec "$0" "$1"', process.execPath, program]);
    const kept = [...readJournal(path)];
    expect(kept.slice(-2)).toEqual([{ code: 'EFBIG' }, { n: 2 }]);
    expect(kept).toHaveLength(entries === '' ? 2 : 3);
    expect(readFileSync(path, 'utf8')).not.toMatch(/[x\0]/);
  },
);

it('leaves no draft when it could not be rewritten, and removes that of a killed process', () => {
  const path = join(dir, 'j.jsonl');
  const breaking = function* () {
    yield { n: 1 };
    throw new Error('no more');
  };
  writeFileSync(path, '{"n":0}\n');
  expect(() => openJournal(path, breaking())).toThrow('no more');
  expect(readdirSync(dir)).toEqual(['j.jsonl']);
  writeFileSync(`${path}.1.draft`, '{"n":');
  writeFileSync(join(dir, 'other.1.draft'), '');
  openJournal(path).close();
  expect(readdirSync(dir)).toEqual(['j.jsonl', 'other.1.draft']);
  expect([...readJournal(path)]).toEqual([{ n: 0 }]);
});
