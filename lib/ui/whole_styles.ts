/** Loads the whole stylesheet, for parts of other pages that open on the overview. */
import { pathTo } from "./base_path.ts";

/** Resolves once the stylesheet applies, at once if it already does. @param path of the stylesheet */
export function loadWholeStyles(path: string): Promise<void> {
  const part = document.querySelector<HTMLLinkElement>('link[rel="stylesheet"][href*="/overview.css"]');
  if (!part) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const whole = document.createElement("link");
    whole.rel = "stylesheet";
    whole.href = pathTo(path);
    whole.onload = () => {
      part.remove();
      resolve();
    };
    whole.onerror = reject;
    part.after(whole);
  });
}
