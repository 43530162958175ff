/** The certificate of encrypted connections. */

export interface Certificate {
  /** The chain, as PEM. */
  readonly cert: string;
  /** The private key, as PEM. */
  readonly key: string;
}

export interface CertificateSource {
  current(): Certificate;
  /** Calls back after each change. Returns a function that unsubscribes. */
  onChange(changed: () => void): () => void;
}
