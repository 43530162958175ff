/** What a provider declares about its vendor besides quotas: a mark and its pages. */
export interface VendorFacts {
  /** One or two letters: our own mark, not a logo. */
  readonly letters: string;
  /** Background of the mark, `#rrggbb`, dark enough for white letters. */
  readonly colour: string;
  /** The vendor's usage page; https. */
  readonly usage: string;
  /** The vendor's status page; https. Absent when there is none. */
  readonly status?: string;
}

/** The vendor's pages. */
export type VendorPages = Pick<VendorFacts, "usage" | "status">;
