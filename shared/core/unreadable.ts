/** A row that the table has and this code cannot read: edited by hand, or written by a newer Davit. The table is not away. */
export class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow';
  /** Of the message whose row it is, where that much can be read. */
  readonly digest: string | undefined;

  constructor(message: string, options: ErrorOptions & { readonly digest?: unknown } = {}) {
    super(message, options);
    this.digest = typeof options.digest === 'string' ? options.digest : undefined;
  }
}

/** A write that the table refuses for a reason that no message can cause: a fault of Davit's or of its deployment. */
export class RefusedWrite extends Error {
  override readonly name = 'RefusedWrite';
}

/** A row that exists and that the table refuses to hold as it would now be. The table is not away. */
export class UnwritableRow extends Error {
  override readonly name = 'UnwritableRow';
}
