/** What a provider declares about its vendor besides quotas: how it is marked, and its own pages. */
export interface VendorFacts {
  /** One or two letters: our own mark, no logo. */
  readonly letters: string;
  /** The ground of the mark, `#rrggbb`, dark enough for white letters. */
  readonly colour: string;
  /** The vendor's own page of what an account has used; https. */
  readonly usage: string;
  /** The vendor's page of outages; https. Absent when there is none. */
  readonly status?: string;
}

/** The pages of a vendor. */
export type VendorPages = Pick<VendorFacts, "usage" | "status">;
