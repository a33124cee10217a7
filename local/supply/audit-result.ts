import type { ExecFileException } from 'node:child_process';
import { type Fields, isObject } from '../../shared/core/object.ts';

/** The answer of npm: its exit code and output; or nothing in time; or the reason why there is no answer. */
export type NpmAnswer =
  | { readonly kind: 'ended'; readonly code: number; readonly stdout: string }
  | { readonly kind: 'late' }
  | { readonly kind: 'lost'; readonly why: string };

/** `skipped`: no registry could be asked, so nothing is known; that is never `good`. */
export interface AuditResult {
  readonly kind: 'good' | 'bad' | 'skipped';
  readonly sentence: string;
}

/** Turns the result of `execFile` into an answer. Only our own timeout counts as late. */
export const answerOf = (error: ExecFileException | null, stdout: string): NpmAnswer => {
  const code = error === null ? 0 : error.code;
  if (typeof code === 'number') return { kind: 'ended', code, stdout };
  if (code === 'ENOENT') {
    return { kind: 'lost', why: 'npm must be on the PATH, but is not: install it with Node' };
  }
  if (error?.killed === true && typeof code !== 'string') return { kind: 'late' };
  const why = code ?? error?.signal ?? error?.message;
  return { kind: 'lost', why: `npm gave no complete answer (${why}): try it by hand, npm audit` };
};

/**
 * Whether every installed package has a valid signature of its registry. Anything that is neither an answer of
 * `npm audit signatures` nor a registry that cannot be asked is bad: when in doubt, it fails.
 */
export const signatureResult = (npm: NpmAnswer): AuditResult => {
  if (npm.kind !== 'ended') return unanswered(npm);
  const { code, stdout } = npm;
  const answer = parsed(stdout);
  const { invalid, missing } = answer;
  if (Array.isArray(invalid) && Array.isArray(missing)) {
    const faults = [...named(invalid, 'invalid'), ...named(missing, 'missing')];
    if (faults.length > 0) return bad(`signatures that are not valid: ${faults.join(', ')}`);
    if (code === 0) return good('every package has a valid signature of its registry');
  }
  const why = unreachable(answer);
  if (why !== undefined) return skipped(why);
  return bad(`npm audit signatures ended with ${code}: ${errorOf(answer) || stdout.trim()}`);
};

/** The known vulnerabilities of the installed packages, as a list to read; they do not make the result bad. */
export const advisoryResult = (npm: NpmAnswer): AuditResult => {
  if (npm.kind !== 'ended') return unanswered(npm);
  const { code, stdout } = npm;
  const answer = parsed(stdout);
  if (!isObject(answer.vulnerabilities)) {
    return skipped(unreachable(answer) ?? `npm audit ended with ${code}: ${errorOf(answer)}`);
  }
  const found = Object.entries(answer.vulnerabilities).map(
    ([name, about]) => `${name} (${isObject(about) ? String(about.severity) : 'unknown'})`,
  );
  if (found.length === 0) return good('no known vulnerability');
  return good(`known vulnerabilities, to be checked: ${found.join(', ')}`);
};

const unanswered = (npm: Exclude<NpmAnswer, { kind: 'ended' }>): AuditResult =>
  npm.kind === 'late' ? skipped('npm did not answer in time') : bad(npm.why);

const skipped = (sentence: string): AuditResult => ({ kind: 'skipped', sentence });

const bad = (sentence: string): AuditResult => ({ kind: 'bad', sentence });

const parsed = (text: string): Fields => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
};

const named = (faults: readonly unknown[], how: string): readonly string[] =>
  faults.map((fault) =>
    isObject(fault) ? `${fault.name}@${fault.version} (${how})` : `a package (${how})`,
  );

const good = (sentence: string): AuditResult => ({ kind: 'good', sentence });

const noConnection = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ERR_SOCKET_TIMEOUT',
  'ETIMEDOUT',
]);

const noSuchEndpoint = new Set(['E405', 'E501']);

/** npm's own words (verify-signatures.js) where no registry of any package has keys. */
const noKeys = 'found no dependencies to audit that were installed from a supported registry';

/** The reason why the registry, or the server of its keys, cannot be asked; undefined when it can. */
const unreachable = (answer: Fields): string | undefined => {
  const { error, statusCode } = answer;
  const code = isObject(error) ? String(error.code ?? '') : '';
  if (noConnection.has(code))
    return `the registry or the server of its keys did not answer (${code})`;
  const status = typeof statusCode === 'number' ? `E${statusCode}` : code;
  if (noSuchEndpoint.has(status))
    return `the registry does not support these questions (${status})`;
  if (errorOf(answer).startsWith(noKeys)) return 'the registry publishes no keys';
  return undefined;
};

const errorOf = ({ error }: Fields): string => (isObject(error) ? String(error.summary ?? '') : '');
