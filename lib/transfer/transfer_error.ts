/** A transfer that cannot go on. Whoever shows it prints the message and the next step. */
export class TransferError extends Error {
  override readonly name = "TransferError";
  /** What the user can do, one line. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
