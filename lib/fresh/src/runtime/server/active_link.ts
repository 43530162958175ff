/**
 * Marks a link within the site to the current page or a page above it, for styles and screen readers. Leaves
 * a link with its own `aria-current` alone.
 */
export function markActiveLink(
  props: Record<string, unknown>,
  current: URL,
): void {
  const { href } = props;
  if (
    typeof href !== "string" || !href.startsWith("/") ||
    props["aria-current"] !== undefined
  ) return;
  const target = new URL(href, "http://localhost");
  const path = withoutSlash(target.pathname);
  const here = withoutSlash(current.pathname);

  const samePage = path === here &&
    (target.search === "" || target.search === current.search);
  if (samePage) {
    props["data-current"] = "true";
    props["aria-current"] = "page";
  } else if (path === "/" || path === here || here.startsWith(`${path}/`)) {
    props["data-ancestor"] = "true";
    props["aria-current"] = "true";
  }
}

function withoutSlash(pathname: string): string {
  return pathname !== "/" && pathname.endsWith("/") ? pathname.slice(0, -1) : pathname;
}
