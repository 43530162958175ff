import { responseNonce } from "../nonce.ts";
import type { Middleware } from "./mod.ts";

export interface CSPOptions {
  /** Only report violations. */
  readonly reportOnly?: boolean;
  /** Where browsers report violations to. */
  readonly reportTo?: string;
  /** Directives that replace the default of the same name, or add to them. */
  readonly csp?: string[];
  /** Replace `'unsafe-inline'` with the nonce of the rendered page. */
  readonly useNonce?: boolean;
}

const DEFAULTS: readonly string[] = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

const INLINE_DIRECTIVES = new Set([
  "script-src",
  "style-src",
  "script-src-elem",
  "style-src-elem",
  "style-src-attr",
  "default-src",
]);

/** Sets a Content-Security-Policy. A default can be replaced but not removed. */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const { reportOnly = false, reportTo, csp: own = [], useNonce = false } = options;
  const replaced = new Set(own.map(directiveName));
  const directives = [
    ...DEFAULTS.filter((directive) => !replaced.has(directiveName(directive))),
    ...own,
  ];
  if (reportTo) {
    directives.push("report-to csp-endpoint", `report-uri ${reportTo}`);
  }
  const header = reportOnly ? "Content-Security-Policy-Report-Only" : "Content-Security-Policy";

  return async (ctx) => {
    const response = await ctx.next();
    const nonce = useNonce ? responseNonce(response) : undefined;
    const policy = nonce ? directives.map((directive) => withNonce(directive, nonce)) : directives;
    response.headers.set(header, policy.join("; "));
    if (reportTo) {
      response.headers.set("Reporting-Endpoints", `csp-endpoint="${reportTo}"`);
    }
    return response;
  };
}

function withNonce(directive: string, nonce: string): string {
  if (!INLINE_DIRECTIVES.has(directiveName(directive))) return directive;
  return directive.replaceAll("'unsafe-inline'", `'nonce-${nonce}'`);
}

function directiveName(directive: string): string {
  return directive.split(" ", 1)[0] ?? "";
}
