import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type Job, startJob } from '../kit/job.ts';
import { newFolder } from '../kit/local-stack.ts';
import { nothingLivesIn } from '../kit/process-identity.ts';
import { root } from '../kit/root.ts';

const folder = (): string => {
  const dir = newFolder();
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

const start = (dir: string, project = root): Job =>
  startJob([process.execPath, join(project, 'local/main.ts')], {
    cwd: project,
    env: { DAVIT_DIR: dir, DAVIT_PORT: '0' },
  });

/** The project without its packaged functions, so that a start packages them. */
const unpackaged = (): string => {
  const dir = folder();
  for (const part of ['local', 'models', 'shared', 'functions', 'infra', 'tools'])
    cpSync(join(root, part), join(dir, part), { recursive: true });
  for (const part of ['package.json', 'package-lock.json', 'serverless.yml', 'tools.yml'])
    cpSync(join(root, part), join(dir, part));
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  mkdirSync(join(dir, '.davit'));
  return dir;
};

it('reaches only the start: no process that it starts is in its group', async () => {
  const dir = folder();
  const job = start(dir);
  await job.waitFor(/^ready$/m);
  expect(job.companions()).toEqual([]);
  job.ctrlC();
  expect(await job.exit()).toBe(0);
  expect(job.printed()).toMatch(/^stopped$/m);
  expect(job.companions()).toEqual([]);
});

it.for([
  { phase: /starting RabbitMQ/ },
  { phase: /packaging the functions/, project: unpackaged },
  { phase: /declaring queues/ },
  { phase: /releasing/ },
])('stops a start in the phase $phase, and prints only that', async ({ phase, project }) => {
  const dir = folder();
  const job = start(dir, project?.());
  await job.waitFor(phase);
  job.ctrlC();
  expect(await job.exit()).toBe(1);
  expect(job.printed()).toMatch(/^stopping ….*\nstopped before it was ready\n$/ms);
  expect(job.printed()).not.toMatch(/failed|did not end|SIGINT|exit (null|\d)/);
  await nothingLivesIn(dir);
});

it.for([/starting RabbitMQ/, /^1 {2}A film goes in/m, /\$ npx davit show/])(
  'stops the demo at %s, and prints only that',
  async (moment) => {
    const dir = folder();
    const job = startJob([process.execPath, join(root, 'demo/main.ts')], {
      cwd: root,
      env: { DAVIT_DIR: dir },
    });
    await job.waitFor(moment);
    job.ctrlC();
    expect(await job.exit()).toBe(130);
    expect(job.printed()).toMatch(/\nThe demo was stopped; nothing is left running\.\n$/);
    const since = job.printed().slice(job.printed().indexOf('stopping'));
    expect(since).not.toMatch(/failed|✗|Not true|ended with|must be|did not end|\$ npx davit/);
    expect(job.companions()).toEqual([]);
    await nothingLivesIn(dir);
  },
);
