/** Runtime flags of every server. */

/**
 * A small young generation keeps an idle server's memory low, and a slowly growing old one a busy server's.
 */
export const RUNTIME = "--v8-flags=--max-semi-space-size=4,--heap-growing-percent=25";
