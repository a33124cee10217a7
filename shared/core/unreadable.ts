/** A row that this code cannot read: it was edited by hand, or a newer Davit wrote it. The table itself can be reached. */
export class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow';
  /** The digest of the row's message, where it can be read. */
  readonly digest: string | undefined;

  constructor(message: string, options: ErrorOptions & { readonly digest?: unknown } = {}) {
    super(message, options);
    this.digest = typeof options.digest === 'string' ? options.digest : undefined;
  }
}

/** A write that the table refuses for a reason that no message can cause: a fault of Davit or of its deployment. */
export class RefusedWrite extends Error {
  override readonly name = 'RefusedWrite';
}

/** A row that exists, and that the table refuses to store with its next change. The table itself can be reached. */
export class UnwritableRow extends Error {
  override readonly name = 'UnwritableRow';
}
