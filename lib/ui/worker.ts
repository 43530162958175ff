/**
 * Registers the service worker where one is available: not on plain http over a network, and not in every
 * browser.
 */
import { pathTo } from "./base_path.ts";

/** Asks the browser to install it; harmless when it already has. */
export function registerWorker(): void {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  // Without it only the offline page is missing, so no message is needed.
  navigator.serviceWorker.register(pathTo("/sw.js")).catch(() => undefined);
}
