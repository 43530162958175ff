/**
 * How a server's memory is allocated on Linux.
 *
 * The C library keeps a heap for each thread and what was freed within it. With two heaps, and large blocks outside of them,
 * most of what a busy minute took goes back to the system. Other systems ignore the variables.
 */

/** Variables of the C library that are in force from the start of a process. */
export const ALLOCATOR: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: "2",
  MALLOC_MMAP_THRESHOLD_: "16384",
  MALLOC_TRIM_THRESHOLD_: "131072",
};

/** The same for a process that inherits `env`, whose own values stay in force. */
export function allocatorBeside(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(ALLOCATOR).filter(([name]) => env[name] === undefined));
}
