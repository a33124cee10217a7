import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../kit/root.ts';

interface Ended {
  readonly code: number | string | null | undefined;
  readonly out: string;
  readonly err: string;
}

const program = join(root, 'test/simulation/main.ts');

describe('npm run simulate', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'davit-simulate-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const environment = (): NodeJS.ProcessEnv => ({ ...process.env, DAVIT_DIR: dir });

  const simulate = (...words: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const options = { env: environment(), maxBuffer: 2 ** 26 };
      execFile(process.execPath, [program, ...words], options, (error, out, err) =>
        resolve({ code: error === null ? 0 : error.code, out, err }),
      );
    });

  it('refuses wrong options with a sentence, and code 2', async () => {
    const { code, out, err } = await simulate('--minutes', 'soon');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe('--minutes must be a number over 0, and 10000 at most, but "soon" came.\n');
  });

  it('plays one seed, and tells its story', async () => {
    const { code, out } = await simulate('--seed', '10', '--story');
    expect(code).toBe(0);
    expect(out).toMatch(/^14:0\d:\d\d\.\d{3} {2}> a publisher sends message task-/m);
    expect(out).toMatch(/^14:0\d:\d\d\.\d{3} {2}dispatch-\d+ asks ECS to run task-/m);
    expect(out).toMatch(/\nSeed 10: all promises were kept, in \d+ events\. .*\n$/);
  });

  it('goes on from where it stopped', async () => {
    const first = await simulate('--until', '2', '--jobs', '1');
    expect(first.out).toMatch(/^Seeds from 1 on, on 1 core\./);
    expect(first.out).toContain('\n2 seeds in ');
    expect(first.code).toBe(0);
    const second = await simulate('--until', '3', '--jobs', '2');
    expect(second.out).toMatch(/^Seeds from 3 on, on 2 cores\./);
    expect(second.out).toContain('\n1 seeds in ');
    const place = JSON.parse(await readFile(join(dir, 'simulation', 'place.json'), 'utf8'));
    expect(place).toMatchObject({ next: 4, violations: 0 });
    expect(place.tally.map(([what]: [string]) => what)).toContain('step none submitted moved');
  });

  it('ends at Ctrl-C with its summary', async () => {
    const child = spawn(process.execPath, [program, '--minutes', '5', '--jobs', '1'], {
      env: environment(),
    });
    let out = '';
    const ended = new Promise((resolve) => child.once('close', resolve));
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (part) => {
        out += String(part);
        if (out.includes('Seeds from')) resolve();
      });
    });
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(out).toMatch(/\nNo promise was broken\.\n$/);
  });
});
