import { ASSET_CACHE_BUST_KEY, getBuildId } from "./build_id.ts";

/** Adds the build id to the URL of a static file, so that it may be cached forever. */
export function asset(path: string): string {
  if (!path.startsWith("/") || path.startsWith("//")) return path;
  const url = new URL(path, "http://asset.invalid");
  if (
    url.host !== "asset.invalid" || url.searchParams.has(ASSET_CACHE_BUST_KEY)
  ) return path;
  url.searchParams.set(ASSET_CACHE_BUST_KEY, getBuildId());
  return url.pathname + url.search + url.hash;
}

/** {@linkcode asset} for every URL of a `srcset` attribute. */
export function assetSrcSet(srcset: string): string {
  // Functional syntax and empty candidates stay unchanged instead of being guessed at.
  const candidates = srcset.split(",");
  if (
    srcset.includes("(") ||
    candidates.some((candidate) => candidate.trim() === "")
  ) return srcset;
  return candidates.map((candidate) => candidate.replace(/\S+/, (url) => asset(url))).join(",");
}

/** Rewrites `src` and `srcset` of images; runs when a vnode is created, on the server and in the browser. */
export function lockImageUrls(
  vnode: { readonly type: unknown; readonly props: unknown },
): void {
  if (vnode.type !== "img" && vnode.type !== "source") return;
  const props = vnode.props as Record<string, unknown>;
  if (props["data-fresh-disable-lock"]) return;
  if (typeof props.src === "string") props.src = asset(props.src);
  if (typeof props.srcset === "string") {
    props.srcset = assetSrcSet(props.srcset);
  }
}
