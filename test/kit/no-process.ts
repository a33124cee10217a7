import childProcess, { ChildProcess } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Set-up of the unit project, which starts no process: a test that needs one is in a `*.process.test.ts`. Another
 * test that starts one fails with that sentence.
 */
const refuse = (): never => {
  throw new Error('a unit test started a process: name its file *.process.test.ts');
};

// spawn, fork, exec and execFile all end here.
Object.assign(ChildProcess.prototype, { spawn: refuse });
Object.assign(childProcess, { spawnSync: refuse, execSync: refuse, execFileSync: refuse });
syncBuiltinESMExports();
