const hidden = '***';

/** Names of values that only their owner may see, wherever they stand in a longer name. */
const names = [
  'password|passwd|passphrase|passcode|pwd|secret|token|credentials?|signature',
  '(?:api|access|private|account|shared|master|signing|encryption|auth)[_-]?key',
  // Not a line of a test that says PASS, and not the first pass of an encoder.
  '(?:[_.-]|db|user|pg|sql|smtp|redis)pass(?![a-z])',
].join('|');

/** What may stand between a name and its value: the end of quotes (escaped ones in a JSON text inside another), and a sign. */
const between = String.raw`\\{0,7}["']?\]?\s*(?:=>|:=|==|[:=])\s*`;

/** A text in escaped quotes: its own escapes have twice as many backslashes. Of deeper ones the first quote ends it. */
const escapedText = String.raw`\\"(?:[^"\\]|\\\\(?:\\.|[^\\"])|\\[^"\\])*(?:\\")?|\\{2,7}"[^"]*"?`;
/** A text in quotes, also one of bytes, as Python writes it. */
const quotedText = String.raw`(?:[bruf]{1,2}(?=["']))?(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)`;
/** Any other text ends before a space, and before a sign where the next name, or nothing of the value, follows. */
const plainSign = String.raw`(?:[^\s,;&"'}\])\\]|\\(?!\\{0,6}["']))`;
const nextName = String.raw`[\w.-]{1,40}["']?\s?[:=]`;
const plainText = String.raw`${plainSign}+(?:(?:[,;&}\])]{1,8}|["'])(?!\\|${nextName})${plainSign}+)*`;

const value = `(?:${escapedText}|${quotedText}|${plainText})`;

const esc = String.fromCharCode(27);
const bell = String.fromCharCode(7);
/** Colours and titles of a terminal, which may stand inside a name. */
const ofTerminal = new RegExp(
  String.raw`${esc}(?:\[[0-?]*[ -/]*[@-~]|\][^${bell}${esc}]*(?:${bell}|${esc}\\))`,
  'g',
);

/** A user and a password, or a token, in front of a host. The password may have any sign, so the last `@` ends it. */
const hideLogin = (whole: string, scheme: string, rest: string): string => {
  const hasPassword = /^[^/:@[]*:/.test(rest) && !/^[^/:@]+:\d{1,5}(?:[/?#]|$)/.test(rest);
  const [authority = ''] = rest.split(/[/?#]/, 1);
  const end = (hasPassword ? rest : authority).lastIndexOf('@');
  return end < 0 ? whole : `${scheme}${hidden}${rest.slice(end)}`;
};

type Mask = (line: string) => string;
const hide =
  (pattern: RegExp, stays = ''): Mask =>
  (line) =>
    line.replace(pattern, `${stays}${hidden}`);

/**
 * What hides secrets, one after the other. A pattern either begins only where it cannot begin again a sign later, or looks a
 * bounded way ahead, so that a line takes time in proportion to its length.
 */
const masks: readonly Mask[] = [
  // The rest of the line: some schemes have several parts.
  hide(new RegExp(String.raw`\b((?:proxy-)?authorization${between}).+`, 'gi'), '$1'),
  hide(new RegExp(String.raw`\b((?:set-)?cookie${between}).+`, 'gi'), '$1'),
  hide(/\b((?:bearer|basic)\s)\s*[\w.~+/=-]{8,}/gi, '$1'),
  (line) => line.replace(/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)([^\s"']+)/gi, hideLogin),
  hide(new RegExp(String.raw`((?:${names})[\w.-]{0,64}${between})${value}`, 'gi'), '$1'),
  hide(
    new RegExp(
      String.raw`((?<![\w-])--?[\w-]{0,40}?(?:${names})[\w-]{0,64}\s+)(?!-)${value}`,
      'gi',
    ),
    '$1',
  ),
  hide(/([?&](?:sig|key|code|auth)=)[^\s&"']+/gi, '$1'),
  // Ids of keys of AWS (IAM user guide, unique identifiers).
  hide(/\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g),
  // JSON Web Tokens, and tokens that carry the name of their issuer.
  hide(/(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g),
  hide(
    /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|[sr]k_(?:live|test)_|npm_|hf_|AIza)[\w-]{16,}/g,
  ),
  hide(/(?<![\w-])sk-(?:(?:proj|ant|svcacct|admin|or)-[\w-]{8,}|[A-Za-z0-9]{20,})/g),
];

const keyBegins = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/;
const keyEnds = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/;
const isOfKey = (line: string): boolean => /^[A-Za-z0-9+/=]{16,}$/.test(line.trim());

/**
 * Lines of a log without what looks like a secret: keys, tokens, passwords, what follows `Authorization:`, URLs with a login,
 * private keys. A secret that looks like any other word cannot be found.
 */
export const masked = (lines: readonly string[]): readonly string[] =>
  withoutKeys(lines.map((line) => line.replace(ofTerminal, ''))).map((line) =>
    masks.reduce((text, mask) => mask(text), line),
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
