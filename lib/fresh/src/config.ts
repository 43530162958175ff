/** What `new App(...)` accepts. */
export interface FreshConfig {
  /** Serve everything below this path, for example `/quota`. Default: the root. */
  readonly basePath?: string;
  /** Development turns off ETags and immutable caching. Default: production. */
  readonly mode?: "development" | "production";
  /** Let `X-Forwarded-Proto` and `X-Forwarded-Host` shape `ctx.url`. Only behind a proxy you own. */
  readonly trustProxy?: boolean;
}

/** The configuration with every field filled in. The build sets `root` and `mode`. */
export interface ResolvedFreshConfig {
  root: string;
  basePath: string;
  mode: "development" | "production";
  trustProxy: boolean;
}
