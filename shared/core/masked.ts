const hidden = '***';

/** Names of values that nobody but their owner may see, wherever they stand in a longer name. */
const names =
  'password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|signature';

/** What the value of a name may be: a text in quotes, or everything up to a space or a sign that ends it. */
const value = String.raw`"[^"]*"?|'[^']*'?|[^\s,;&"'}\])]+`;

/** Patterns of secrets, and what stays of each. No pattern repeats a repetition, so that a line takes time in proportion to its length. */
const patterns: readonly (readonly [pattern: RegExp, stays: string])[] = [
  // The rest of the line: some schemes have several parts.
  [/\b((?:proxy-)?authorization["']?\s*[:=]\s*).+/gi, `$1${hidden}`],
  [/\b((?:set-)?cookie["']?\s*[:=]\s*).+/gi, `$1${hidden}`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${hidden}`],
  // A user and a password, or a token, in front of a host.
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@"']+@/gi, `$1${hidden}@`],
  [new RegExp(`((?:${names})[\\w.-]*["']?\\s*[:=]\\s*)(?:${value})`, 'gi'), `$1${hidden}`],
  [new RegExp(`(--?(?:${names})[\\w-]*\\s+)(?!-)(?:${value})`, 'gi'), `$1${hidden}`],
  [/([?&](?:sig|key|code|auth)=)[^\s&"']+/gi, `$1${hidden}`],
  // Ids of keys of AWS (IAM user guide, unique identifiers).
  [/\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g, hidden],
  // JSON Web Tokens, and tokens that carry the name of their issuer.
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, hidden],
  [
    /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|sk_live_|rk_live_|npm_|AIza)[\w-]{16,}/g,
    hidden,
  ],
];

const keyBegins = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/;
const keyEnds = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/;
const isOfKey = (line: string): boolean => /^[A-Za-z0-9+/=]{16,}$/.test(line.trim());

/**
 * Lines of a log without what looks like a secret: keys, tokens, passwords, what follows `Authorization:`, URLs with a login,
 * private keys. A secret that looks like any other word cannot be found.
 */
export const masked = (lines: readonly string[]): readonly string[] =>
  withoutKeys(lines).map((line) =>
    patterns.reduce((text, [pattern, stays]) => text.replace(pattern, stays), line),
  );

/** Lines of a private key are hidden, also of one that began before the first line or ends after the last one. */
const withoutKeys = (lines: readonly string[]): readonly string[] => {
  const isHidden = lines.map(() => false);
  lines.forEach((line, at) => {
    if (keyBegins.test(line)) {
      const end = lines.findIndex((other, index) => index >= at && keyEnds.test(other));
      isHidden.fill(true, at, end < 0 ? lines.length : end + 1);
    } else if (keyEnds.test(line)) {
      const before = lines.findLastIndex((other, index) => index < at && !isOfKey(other));
      isHidden.fill(true, before + 1, at + 1);
    }
  });
  return lines.map((line, at) => (isHidden[at] ? hidden : line));
};
