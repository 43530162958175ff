/**
 * Loads the whole stylesheet, for parts of other pages that open on the overview.
 *
 * @module
 */

/** Resolves once the stylesheet applies, at once if it already does. */
export function loadWholeStyles(): Promise<void> {
  const part = document.querySelector<HTMLLinkElement>('link[rel="stylesheet"][href*="/overview.css"]');
  if (!part) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const whole = document.createElement("link");
    whole.rel = "stylesheet";
    whole.href = part.href.replace("/overview.css", "/styles.css");
    whole.onload = () => {
      part.remove();
      resolve();
    };
    whole.onerror = reject;
    part.after(whole);
  });
}
