/** What connections are encrypted with. */

export interface Certificate {
  /** The chain, as PEM. */
  readonly cert: string;
  /** The private key, as PEM. */
  readonly key: string;
}

export interface CertificateSource {
  current(): Certificate;
  /** Calls back after each change. Returns how to stop. */
  onChange(changed: () => void): () => void;
}
