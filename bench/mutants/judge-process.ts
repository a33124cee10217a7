import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer, Question } from './judge.ts';
import { type Line, readCurrent, readLines, type Task, writeTask } from './request.ts';

/** The process of a judge; replaced by a new one when a fault makes it hang. */
export interface Judge {
  /** Runs test files one after the other, up to the first that fails. */
  readonly ask: (task: Task, tests: readonly string[]) => Promise<Reply>;
  readonly close: () => void;
}

export interface Reply {
  /** The first test that failed; undefined when all passed. */
  readonly failed: string | undefined;
  /** What the threads of the tests wrote, in order. */
  readonly lines: readonly Line[];
  /** The fault that made the process hang, so that it was ended. */
  readonly hung?: number | undefined;
}

/** Stands for the test that noticed a fault, where the process hung. */
export const neverEnds = 'it did not end';

/** A fault may make a loop that no bound ends. No test takes this long, even on a busy machine. */
const mostSilentMs = 180_000;

/** Starts a judge over the tests below `root`, with faults in these files. */
export const startJudge = (root: string, files: readonly string[]): Judge => {
  const folder = mkdtempSync(join(tmpdir(), 'davit-mutants-'));
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
        MUTANT_FOLDER: folder,
      },
    });
  let child = start();
  return {
    ask: async (task, tests) => {
      writeTask(folder, task);
      const answer = await answerOf(child, { tests }, () => readCurrent(folder).sinceMs);
      const lines = readLines(folder);
      if (answer !== 'hung') return { failed: answer.failed, lines };
      child.kill('SIGKILL');
      child = start();
      return { failed: neverEnds, lines, hung: readCurrent(folder).fault };
    },
    close: () => {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** `aliveAt` is the last time at which the process was seen at work. */
const answerOf = (
  child: ChildProcess,
  question: Question,
  aliveAt: () => number,
): Promise<Answer | 'hung'> =>
  new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      if (Date.now() - aliveAt() > mostSilentMs) end(() => resolve('hung'));
    }, 5_000);
    const end = (settle: () => void): void => {
      clearInterval(timer);
      child.off('message', onMessage).off('exit', onExit);
      settle();
    };
    const onMessage = (answer: Answer): void => end(() => resolve(answer));
    const onExit = (code: number | null): void =>
      end(() => reject(new Error(`A judge ended with ${code}: what it printed says why.`)));
    child.on('message', onMessage).on('exit', onExit);
    child.send(question);
  });
