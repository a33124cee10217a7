// A tool for tests. It appends `taskId run pid` to the file `appendTo`, and says in `<appendTo>.overlaps` when another run of
// its task lives. Input as of `echo`: appendTo, sleepMs, exitCodes (one for each run), sigtermExitCode.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

const { DAVIT_TASK_ID = '-', DAVIT_RUN = '1', DAVIT_INPUT = '{}' } = process.env;
const {
  appendTo = '',
  sleepMs = 0,
  exitCodes = [0],
  sigtermExitCode = 143,
} = JSON.parse(DAVIT_INPUT);

/** @param {string} pid */
const isAlive = (pid) => {
  try {
    process.kill(Number(pid), 0);
  } catch {
    return false;
  }
  const environment = `/proc/${pid}/environ`;
  // Its pid may belong to another process by now. One that has ended, and is not waited for yet, has no environment.
  return (
    !existsSync('/proc/self') || textOf(environment).includes(`DAVIT_TASK_ID=${DAVIT_TASK_ID}\0`)
  );
};

/** @param {string} path */
const textOf = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

process.on('SIGTERM', () => process.exit(sigtermExitCode));
appendFileSync(appendTo, `${DAVIT_TASK_ID} ${DAVIT_RUN} ${process.pid}\n`);
for (const line of textOf(appendTo).split('\n')) {
  const [taskId, run, pid = ''] = line.split(' ');
  if (taskId !== DAVIT_TASK_ID || pid === String(process.pid) || !isAlive(pid)) continue;
  appendFileSync(
    `${appendTo}.overlaps`,
    `${taskId}: run ${DAVIT_RUN} began while run ${run} lived\n`,
  );
}
setTimeout(() => {
  process.exitCode = exitCodes[Math.min(Number(DAVIT_RUN), exitCodes.length) - 1];
}, sleepMs);
