/** A transfer that cannot continue. The caller prints the message and the hint. */
export class TransferError extends Error {
  override readonly name = "TransferError";
  /** What the user can do, one line. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
