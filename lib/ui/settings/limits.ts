/** How long what is typed may be. */

/** Longer names of accounts are not taken. */
export const LONGEST_LABEL = 60;
export const MOST_KEEP_DAYS = 3650;
