/** Waits for what other threads, processes or the network bring about, and what nothing here reports. */

/** Far longer than anything takes: it only ends a test that would wait forever. */
const PATIENCE_MS = 120_000;

/** Resolves once `holds` returns true. @param what completes "waited for" in the error */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const begun = performance.now();
  while (!await holds()) {
    if (performance.now() - begun > PATIENCE_MS) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
