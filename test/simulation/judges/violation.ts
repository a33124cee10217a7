/** A promise of Davit that a world has seen broken. */
export class Violation extends Error {
  override readonly name = 'Violation';
  /** The short name of the promise. */
  readonly promise: string;

  constructor(promise: string, what: string) {
    super(`${promise}: ${what}`);
    this.promise = promise;
  }
}
