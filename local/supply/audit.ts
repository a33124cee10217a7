// `npm run audit`: whether the installed packages have valid signatures, and which known vulnerabilities they have, as far as a
// registry answers. With `--required`, a question that no registry answered is a failure too: for a pipeline that reaches one.
import { execFile } from 'node:child_process';
import { advisoryResult, answerOf, type NpmAnswer, signatureResult } from './audit-result.ts';

const mostMs = 120_000;

/** Asks once, without retries: a registry that cannot be reached now will not be reached at the third try either. */
const askNpm = (...words: readonly string[]): Promise<NpmAnswer> =>
  new Promise((resolve) => {
    const flags = ['--json', '--fetch-retries=0', '--fetch-timeout=20000'];
    const options = { timeout: mostMs, maxBuffer: 64 * 1024 * 1024 };
    execFile('npm', ['audit', ...words, ...flags], options, (error, stdout) =>
      resolve(answerOf(error, stdout)),
    );
  });

const results = {
  signatures: signatureResult(await askNpm('signatures')),
  advisories: advisoryResult(await askNpm()),
};
const required = process.argv.includes('--required');
for (const [what, { kind, sentence }] of Object.entries(results)) {
  console.log(`${what}: ${kind}, ${sentence}`);
  if (kind === 'bad' || (required && kind === 'skipped')) process.exitCode = 1;
}
