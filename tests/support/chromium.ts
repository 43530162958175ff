/** The system's Chromium: where it is and how it is started. Nothing is downloaded. */

/** The shell without windows comes first: it takes two thirds of the time of the whole browser. */
const CANDIDATES: readonly string[] = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Keeps the browser to itself: nothing is fetched that a test did not ask for. */
export const CHROMIUM_ARGUMENTS: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Path of the browser to use: `CHROMIUM_PATH`, else the first usual place that has one, else `null`. */
export function findChromium(): string | null {
  const wanted = Deno.env.get("CHROMIUM_PATH");
  return (wanted ? [wanted] : CANDIDATES).find(isFile) ?? null;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
