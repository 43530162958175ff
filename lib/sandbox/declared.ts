/**
 * Guards requests to a declared endpoint: only to its one origin, and only after resolving its name.
 * Addresses that hand out the machine's credentials are always out of reach, whatever was declared or
 * approved.
 */
import { isLoopback } from "../config/base_url.ts";
import { type Provider, ProviderError } from "../provider/contract.ts";
import { pinAddress, type Resolve, resolveHost } from "../net/resolve_host.ts";

export interface DeclaredParts {
  readonly provider: Pick<Provider, "name" | "declared">;
  /** True when its owner approved an address in their own network. */
  readonly approved: boolean;
  /** Resolves a name. Default: the system's resolver. */
  readonly resolve?: Resolve | undefined;
}

/**
 * Returns where to send the request: the same URL, or for plain http the checked address, so that the name
 * cannot resolve elsewhere a moment later. For https the certificate ensures that.
 *
 * @throws {ProviderError} `unavailable` for an address out of reach
 */
export async function guardDeclared(url: URL, parts: DeclaredParts): Promise<URL> {
  const { provider, approved } = parts;
  const { isAddress, addresses, kinds } = await resolveHost(url, parts.resolve);
  if (addresses.length === 0) {
    throw createRefusal(provider, "its name was not found (DNS)", "Check the URL of the source");
  }
  if (kinds.includes("forbidden")) {
    throw createRefusal(
      provider,
      "it leads to an address that is never used: cloud machines keep credentials there",
      "Check the URL of the source",
    );
  }
  const isOwn = kinds.some((kind) => kind !== "public");
  if (isOwn && !approved) {
    const { approval = "" } = provider.declared ?? {};
    throw createRefusal(provider, "it lies in your own network", `If that is intended, set ${approval}=1`);
  }
  if (url.protocol === "https:") return url;
  if (!isOwn || kinds.includes("public")) {
    throw createRefusal(provider, "plain http leaves your own network", "Use https");
  }
  if (isAddress || isLoopback(url.hostname)) return url;
  return pinAddress(url, addresses[0] ?? "");
}

function createRefusal(provider: Pick<Provider, "name">, why: string, hint: string): ProviderError {
  return new ProviderError("unavailable", `${provider.name} is not polled: ${why}`, { hint });
}
