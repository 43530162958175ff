/** What the runtime is given with every server. */

/** A small young generation keeps the memory of an idle server down, and an old one that grows slowly that of a busy one. */
export const RUNTIME = "--v8-flags=--max-semi-space-size=4,--heap-growing-percent=25";
