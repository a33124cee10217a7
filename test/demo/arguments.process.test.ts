import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { programOf } from '../../tools/transcoder/programs.mjs';
import { type Ending, startProgram } from '../kit/program.ts';
import { root } from '../kit/root.ts';

const folder = mkdtempSync(join(tmpdir(), 'davit-demo-test-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `npm run demo -- <film>` as npm calls it from the test's folder. */
const demoOf = (film: string): Promise<Ending> =>
  startProgram([join(root, 'demo/main.ts'), film], {
    INIT_CWD: folder,
    DAVIT_DIR: join(folder, 'davit'),
  }).ended;

/** A second of sound, as a WAV file. */
const sound = (): Buffer => {
  const tone = ['-f', 'lavfi', '-i', 'sine=duration=1', '-f', 'wav', '-'];
  return spawnSync(programOf('ffmpeg'), ['-v', 'error', ...tone]).stdout;
};

it.each([
  ['a file that is not there', 'none.mp4', undefined, 'ffprobe says: No such file or directory.'],
  ['a file that is not a video', 'text.mp4', Buffer.from('a text'), /ffprobe says: [^\n]+\./],
  ['a file without a picture', 'sound.wav', sound(), 'but it has no picture.'],
])(
  'refuses %s in one sentence that names it, before anything is started',
  async (_, name, content, why) => {
    if (content !== undefined) writeFileSync(join(folder, name), content);
    const { code, stderr } = await demoOf(name);
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(new RegExp(`^${join(folder, name)} must be a video[^\n]+$`));
    expect(stderr).toMatch(why);
    expect(existsSync(join(folder, 'davit'))).toBe(false);
  },
);
