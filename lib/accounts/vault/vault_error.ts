/**
 * Why a stored secret is unavailable; distinguish by `kind`, never by `instanceof`.
 *
 * - `no-key`: there is no key file.
 * - `other-key`: the value was sealed under a key that is not there.
 * - `damaged`: the key exists but the value does not open: it was changed, or belongs to another account.
 * - `unreadable`: the key file cannot be used.
 * - `rotating`: a change of the key is in progress.
 */
export type VaultErrorKind = "no-key" | "other-key" | "damaged" | "unreadable" | "rotating";

export class VaultError extends Error {
  override readonly name = "VaultError";
  readonly kind: VaultErrorKind;
  /** What the user can do, one line. */
  readonly hint: string;

  constructor(kind: VaultErrorKind, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.hint = hint;
  }
}
