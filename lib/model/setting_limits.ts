/** How long, and how many, what people set may be. */

/** Longer names of accounts are not taken. */
export const MAX_LABEL = 60;
/** Raw readings are not kept for more days than these, except for ever. */
export const MAX_KEEP_DAYS = 3650;
