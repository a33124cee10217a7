/** A secret with its only version, which is the current one. */
export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly value: string;
}

/** The secrets of this machine. They do not change while the stack runs. */
export interface Secrets {
  /** By ARN or by name. */
  readonly find: (id: string) => Secret | undefined;
  /** All of them, in the order of their ARNs. */
  readonly list: () => readonly Secret[];
}

/** AWS's sentence about a secret that does not exist. */
export const noSecret = "Secrets Manager can't find the specified secret.";

/** Secrets from their values by ARN. */
export const secretsOf = (values: ReadonlyMap<string, string>): Secrets => {
  const all = [...values]
    .map(([arn, value]): Secret => ({ arn, name: nameOf(arn), value }))
    .toSorted((a, b) => (a.arn < b.arn ? -1 : 1));
  return {
    find: (id) => all.find(({ arn, name }) => id === arn || id === name),
    list: () => all,
  };
};

// An ARN ends in the name and six random characters (Secrets Manager user guide).
const nameOf = (arn: string): string =>
  arn.slice(arn.lastIndexOf(':') + 1).replace(/-[A-Za-z0-9]{6}$/, '');
