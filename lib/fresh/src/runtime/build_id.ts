/** Query parameter that marks a URL as belonging to one build, and so as cacheable forever. */
export const ASSET_CACHE_BUST_KEY = "__frsh_c";

let buildId = "unbuilt";

/** Called once, when a build is loaded. */
export function setBuildId(id: string): void {
  buildId = id;
}

/** Returns the build a page belongs to. The browser reads it from the URL of the running chunk. */
export function getBuildId(): string {
  if (typeof document === "undefined") return buildId;
  return /\/_fresh\/js\/([^/]+)\//.exec(import.meta.url)?.[1] ?? buildId;
}
