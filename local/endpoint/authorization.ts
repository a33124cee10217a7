/** The parts of `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`. */
export interface Authorization {
  readonly accessKeyId: string;
  /** `20261129`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  /** 64 hex digits. */
  readonly signature: string;
}

const algorithm = 'AWS4-HMAC-SHA256';

/** Reads the header. If a part is missing, `why` is AWS's sentence about it. */
export const authorizationOf = (header: string): Authorization | { readonly why: string } => {
  const [first = '', rest = ''] = header.split(/ (.*)/s);
  if (first !== algorithm) return { why: `Unsupported AWS 'algorithm': '${first.slice(0, 40)}'.` };
  const parts = new Map(rest.split(',').map((part) => pairOf(part.trim())));
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !parts.get(name));
  if (missing.length > 0) {
    return {
      why: missing.map((name) => `Authorization header requires '${name}' parameter.`).join(' '),
    };
  }
  const scope = (parts.get('Credential') ?? '').split('/');
  const [accessKeyId = '', date = '', region = '', service = '', end] = scope;
  if (scope.length !== 5 || end !== 'aws4_request') {
    return {
      why: `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${scope.join('/').slice(0, 200)}'.`,
    };
  }
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders: (parts.get('SignedHeaders') ?? '').split(';'),
    signature: parts.get('Signature') ?? '',
  };
};

const pairOf = (part: string): readonly [string, string] => {
  const at = part.indexOf('=');
  return [part.slice(0, at), part.slice(at + 1)];
};
