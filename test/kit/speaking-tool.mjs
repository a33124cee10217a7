import { existsSync } from 'node:fs';

// A tool for tests of lines that tools speak: what it prints depends on the id of its task. It starts with `node`, and the path of a
// file that the test writes when it has heard that the task `film` is ready.
const { DAVIT_TASK_ID = '', DAVIT_RUN = '1' } = process.env;
const [, , heardFile = ''] = process.argv;

/** @param {string} line */
const print = (line) => void process.stdout.write(`${line}\n`);

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @type {Readonly<Record<string, () => Promise<number | void>>>} */
const acts = {
  film: async () => {
    print('DAVIT_READY');
    for (let page = 1; page <= 20; page += 1) {
      print(`frame ${page}`);
      print(`DAVIT_PROGRESS {"fraction":${page / 20},"step":"encode"}`);
      print(`DAVIT_OUTPUT {"page":${page}}`);
      await pause(100);
    }
    // What a run says of itself is left out once it is over, and a busy machine may need longer than the run until then.
    while (DAVIT_TASK_ID === 'film' && !existsSync(heardFile)) await pause(20);
    print('DAVIT_RESULT {"pages":20,"big":12345678901234567890}');
  },
  // Ten thousand lines a second, for three seconds.
  flood: async () => {
    for (let tick = 0; tick < 300; tick += 1) {
      const lines = Array.from({ length: 100 }, (_, at) => {
        const fraction = (tick * 100 + at) / 30_000;
        return `DAVIT_PROGRESS {"fraction":${fraction}}`;
      });
      print(lines.join('\n'));
      await pause(10);
    }
    print('DAVIT_RESULT {"lines":30000}');
  },
  long: async () => {
    print(`DAVIT_OUTPUT {"text":"${'x'.repeat(100_000)}"}`);
    print('DAVIT_OUTPUT {"page":1}');
    print('DAVIT_RESULT {"ok":true}');
  },
  split: async () => {
    print('DAVIT_OUTPUT {"page":\n1}');
    print('DAVIT_OUTPUT {"page":2}');
    print('DAVIT_RESULT {"ok":true}');
  },
  large: async () => print(`DAVIT_RESULT {"text":"${'x'.repeat(3_000)}"}`),
  fails: async () => {
    for (let line = 1; line <= 30; line += 1) print(`frame ${line}`);
    print('connecting to https://davit:hunter2@host/ with password=hunter2');
    return 64;
  },
  // Half a gigabyte, as fast as it is taken.
  gigabyte: async () => {
    const block = `${'x'.repeat(199)}\n`.repeat(5_000);
    for (let at = 0; at < 500; at += 1) {
      if (!process.stdout.write(block))
        await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
    print('the last line');
    return 64;
  },
  none: async () => print('frame 1'),
  again: async () => {
    print(`DAVIT_OUTPUT {"run":${DAVIT_RUN}}`);
    print(`DAVIT_RESULT {"run":${DAVIT_RUN}}`);
    return DAVIT_RUN === '1' ? 75 : 0;
  },
};

process.exitCode = (await acts[DAVIT_TASK_ID.split('-')[0] ?? '']?.()) ?? 0;
