import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { processIdentityOf } from '../../../local/setup/process-identity.mjs';
import { programOf } from '../../../tools/transcoder/programs.mjs';
import { serve, transcoderIn } from '../../kit/transcoder.ts';

const { at, folder, leftovers, start, urlOf } = transcoderIn('davit-transcoder-ending-');
const input = urlOf('in.mp4');
const output = urlOf('out.mp4');

test('SIGTERM is passed on, and waited for', async () => {
  const program = at('patient-ffmpeg');
  const report = 'echo out_time_ms=1000000; echo speed=1x; echo progress=continue';
  const script = `trap 'echo > ${at('termed')}; exit 255' TERM; ${report}; while :; do sleep 0.1; done`;
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const running = start({ input, output }, { DAVIT_FFMPEG: program });
  await running.printed('DAVIT_PROGRESS ');
  running.child.kill('SIGTERM');
  expect((await running.ended).code).toBe(143);
  expect(readdirSync(folder)).toContain('termed');
});

test.each<[string, number, (child: ChildProcess) => unknown]>([
  ['SIGTERM', 143, (child) => child.kill('SIGTERM')],
  ['SIGINT', 130, (child) => child.kill('SIGINT')],
  ['SIGHUP', 129, (child) => child.kill('SIGHUP')],
  ['a closed stdout', 75, (child) => child.stdout?.destroy()],
])(
  '%s ends the real ffmpeg too, leaves nothing behind, and is not a success',
  async (_what, code, end) => {
    const noting = at('noting-ffmpeg');
    const script = `#!/bin/sh\necho $$ > ${at('ffmpeg.pid')}\nexec ${programOf('ffmpeg')} "$@"\n`;
    writeFileSync(noting, script, { mode: 0o755 });
    const order = { input, output: urlOf('late.mp4'), realtime: true };
    const running = start(order, { DAVIT_FFMPEG: noting });
    await running.printed('DAVIT_PROGRESS ');
    const living = processIdentityOf(Number(readFileSync(at('ffmpeg.pid'), 'utf8')));
    expect(living).toBeDefined();
    end(running.child);
    const ending = await running.ended;
    expect(ending.stderr).toMatch(/^transcoder: [^\n]+\n$/);
    expect(ending.code).toBe(code);
    expect(ending.stdout).not.toContain('DAVIT_RESULT');
    expect(leftovers()).toEqual([]);
    expect(readdirSync(folder)).not.toContain('late.mp4');
    expect(living && processIdentityOf(living.pid)?.started).not.toBe(living?.started);
  },
);

test('a closed stderr as well changes nothing', async () => {
  const running = start({ input, output, realtime: true });
  await running.printed('DAVIT_PROGRESS ');
  running.child.stderr?.destroy();
  running.child.stdout?.destroy();
  expect((await running.ended).code).toBe(75);
  expect(leftovers()).toEqual([]);
});

test.each(['DAVIT_FFMPEG', 'DAVIT_FFPROBE'])(
  'looks for %s before it fetches anything',
  async (name) => {
    let requests = 0;
    using server = await serve((_request, response) => {
      requests += 1;
      response.end();
    });
    const ending = await start({ input: `${server.url}/in.mp4`, output }, { [name]: at('none') })
      .ended;
    expect(ending.stderr).toContain(`${name} must name a program, but ${at('none')} is not one`);
    expect(ending.code).toBe(78);
    expect(requests).toBe(0);
  },
);

test('no place for its temporary files is a fault of the configuration', async () => {
  const ending = await start({ input, output }, { TMPDIR: at('none') }).ended;
  expect(ending.stderr).toMatch(
    /^transcoder: the folder that TMPDIR names must exist: ENOENT.+\n$/,
  );
  expect(ending.code).toBe(78);
});

test.each<[string, number, string, string?]>([
  ['a full disk', 75, 'echo "x: No space left on device" >&2; exit 1'],
  ['a killed ffmpeg', 75, 'kill -9 $$'],
  ['a killed ffprobe', 75, 'kill -9 $$', 'DAVIT_FFPROBE'],
  ['anything else that ffmpeg says', 65, 'echo "moov atom not found" >&2; exit 1'],
])('%s ends with exit %i', async (_what, code, script, name = 'DAVIT_FFMPEG') => {
  const program = at(`${name}-${code}-${script.length}`);
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  expect((await start({ input, output }, { [name]: program }).ended).code).toBe(code);
  expect(leftovers()).toEqual([]);
});
