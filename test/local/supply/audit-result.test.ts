import { expect, test } from 'vitest';
import { advisoryResult, answerOf, signatureResult } from '../../../local/supply/audit-result.ts';

const answer = (code: number, json: unknown) => ({
  kind: 'ended' as const,
  code,
  stdout: typeof json === 'string' ? json : JSON.stringify(json),
});
const late = { kind: 'late' as const };
const lost = { kind: 'lost' as const, why: 'no npm' };
const failure = (code: string, summary = '') => ({ error: { code, summary, detail: '' } });
const one = { name: 'a', version: '1.0.0', code: 'EINTEGRITYSIGNATURE' };
const noKeys = 'found no dependencies to audit that were installed from a supported registry';

test.each([
  ['every signature is valid', 'good', answer(0, { invalid: [], missing: [] }), /every package/],
  ['one is invalid', 'bad', answer(1, { invalid: [one], missing: [] }), /a@1\.0\.0 \(invalid\)/],
  ['one is missing', 'bad', answer(1, { invalid: [], missing: [one] }), /a@1\.0\.0 \(missing\)/],
  [
    'one is invalid, whatever npm ends with',
    'bad',
    answer(0, { invalid: [one], missing: [] }),
    /a@/,
  ],
  ['the keys cannot be reached', 'skipped', answer(1, failure('ENOTFOUND')), /did not answer/],
  ['the registry has no keys', 'skipped', answer(1, failure('', noKeys)), /publishes no keys/],
  ['the registry knows no such question', 'skipped', answer(1, failure('E405')), /E405/],
  ['npm never ends', 'skipped', late, /did not answer in time/],
  ['npm cannot be asked', 'bad', lost, /no npm/],
  [
    'a package is gone from the registry',
    'bad',
    answer(1, failure('E404', 'not found')),
    /not found/,
  ],
  ['a tarball has another digest', 'bad', answer(1, failure('EINTEGRITY', 'sha512')), /sha512/],
  ['npm fails in a way of its own', 'bad', answer(1, failure('EUNKNOWN', 'oops')), /oops/],
  ['npm prints no JSON', 'bad', answer(1, 'Killed'), /Killed/],
  ['npm ends well and says nothing', 'bad', answer(0, ''), /ended with 0/],
  ['npm ends badly and lists nothing', 'bad', answer(1, { invalid: [], missing: [] }), /with 1/],
])('signatures, when %s: %s', (_, kind, npm, sentence) => {
  expect(signatureResult(npm)).toEqual({ kind, sentence: expect.stringMatching(sentence) });
});

test.each([
  ['none is known', 'good', answer(0, { vulnerabilities: {} }), /no known/],
  [
    'one is known',
    'good',
    answer(1, { vulnerabilities: { a: { severity: 'high' } } }),
    /a \(high\)/,
  ],
  ['no registry says', 'skipped', answer(1, { statusCode: 405, error: {} }), /E405/],
  ['npm fails', 'skipped', answer(1, failure('EOTHER', 'oops')), /oops/],
  ['npm never ends', 'skipped', late, /did not answer in time/],
  ['npm cannot be asked', 'bad', lost, /no npm/],
])('advisories, when %s: %s', (_, kind, npm, sentence) => {
  expect(advisoryResult(npm)).toEqual({ kind, sentence: expect.stringMatching(sentence) });
});

/** What `execFile` calls back with. */
const failed = (more: object) => Object.assign(new Error('Command failed: npm'), more);

test.each([
  ['ends well', null, { kind: 'ended', code: 0, stdout: '{}' }],
  ['ends badly', failed({ code: 1, killed: false }), { kind: 'ended', code: 1, stdout: '{}' }],
  ['is ended by us, late', failed({ code: null, killed: true, signal: 'SIGTERM' }), late],
  [
    'is not there',
    failed({ code: 'ENOENT', syscall: 'spawn npm' }),
    { kind: 'lost', why: expect.stringMatching(/^npm must be on the PATH/) },
  ],
  [
    'says too much',
    failed({ code: 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER', killed: true }),
    { kind: 'lost', why: expect.stringMatching(/^npm gave no complete answer .*MAXBUFFER/) },
  ],
  [
    'is ended by another process',
    failed({ code: null, killed: false, signal: 'SIGKILL' }),
    { kind: 'lost', why: expect.stringMatching(/^npm gave no complete answer .*SIGKILL/) },
  ],
])('an npm that %s', (_, error, expected) => {
  expect(answerOf(error, '{}')).toEqual(expected);
});
