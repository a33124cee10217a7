/** A row that the table has and this code cannot read: edited by hand, or written by a newer Davit. The table is not away. */
export class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow';
}
