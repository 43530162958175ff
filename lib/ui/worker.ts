/** The service worker, where there is one to be had: not on plain http in a network, and not in every browser. */

/** Asks the browser to keep it; harmless where it does already. */
export function registerWorker(): void {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  // Without it everything works but the page for when the server is away, so nobody is told.
  navigator.serviceWorker.register("/sw.js").catch(() => undefined);
}
