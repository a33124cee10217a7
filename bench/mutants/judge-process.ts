import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer, Question } from './judge.ts';

/** The result of a run of a test file without an active fault. */
export interface Learnt {
  readonly file: string;
  readonly ms: number;
  /** The numbers of the faults whose places the run executed. */
  readonly hits: readonly number[];
}

/** The process of a judge; replaced by a new one when a fault keeps it busy for too long. */
export interface Judge {
  /** The first test that failed; undefined when all passed. */
  readonly ask: (question: Question) => Promise<string | undefined>;
  readonly learnt: () => readonly Learnt[];
  readonly close: () => void;
}

/** A fault may make a loop that does not end. No test file takes this long, even on a busy machine. */
const mostMs = 180_000;

/** Starts a judge over the tests below `root`, with faults in these files. */
export const startJudge = (root: string, files: readonly string[]): Judge => {
  const folder = mkdtempSync(join(tmpdir(), 'davit-mutants-'));
  const awakeFile = join(folder, 'awake');
  const hitsFile = join(folder, 'hits');
  writeFileSync(awakeFile, '-1');
  writeFileSync(hitsFile, '');
  const program = fileURLToPath(new URL('judge.ts', import.meta.url));
  const start = (): ChildProcess =>
    fork(program, {
      execArgv: [],
      // It ends by itself when this process is gone: its channel is closed then.
      detached: true,
      env: {
        ...process.env,
        MUTANT_ROOT: root,
        MUTANT_FILES: JSON.stringify(files),
        MUTANT_AWAKE: awakeFile,
        MUTANT_HITS: hitsFile,
      },
    });
  let child = start();
  return {
    ask: async (question) => {
      const answer = await answerOf(child, question);
      if (answer === 'late') {
        child.kill('SIGKILL');
        child = start();
        return 'it did not end';
      }
      return answer.failed;
    },
    learnt: () =>
      readFileSync(hitsFile, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line): Learnt => JSON.parse(line)),
    close: () => {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const answerOf = (child: ChildProcess, question: Question): Promise<Answer | 'late'> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(() => resolve('late')), mostMs);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit);
      settle();
    };
    const onMessage = (answer: Answer): void => end(() => resolve(answer));
    const onExit = (code: number | null): void =>
      end(() => reject(new Error(`A judge ended with ${code}: what it printed says why.`)));
    child.on('message', onMessage).on('exit', onExit);
    child.send(question);
  });
