/** The whole stylesheet, for what is opened on the overview and comes from elsewhere. */
import { pathTo } from "./base_path.ts";

/** Resolves once it applies, at once where it does already. @param path that of the stylesheet */
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
