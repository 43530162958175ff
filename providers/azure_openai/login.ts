/** The identity for Azure's management API: a ready token, or an application with a secret. */
import type { ProviderContext } from "../../lib/provider/context.ts";
import { requestTokens } from "../../lib/provider_kit/oauth.ts";
import { kindOfFailure } from "../../lib/provider_kit/pages.ts";
import { type Account, ProviderError } from "../../lib/provider/contract.ts";

/** Sovereign clouds, by the name in `AZURE_CLOUD`. */
export const CLOUDS = {
  public: { login: "login.microsoftonline.com", management: "management.azure.com" },
  usgov: { login: "login.microsoftonline.us", management: "management.usgovcloudapi.net" },
  china: { login: "login.chinacloudapi.cn", management: "management.chinacloudapi.cn" },
} as const;

export type Cloud = (typeof CLOUDS)[keyof typeof CLOUDS];

const SPARE_MS = 5 * 60_000;
const CHECK = "Check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET";

/** @throws {ProviderError} `missing` for an unknown cloud */
export function chooseCloud(ctx: Pick<ProviderContext, "env">): Cloud {
  const name = ctx.env("AZURE_CLOUD")?.toLowerCase() ?? "public";
  if (Object.hasOwn(CLOUDS, name)) return CLOUDS[name as keyof typeof CLOUDS];
  throw new ProviderError("missing", "AZURE_CLOUD names an unknown cloud", {
    hint: `Set it to ${Object.keys(CLOUDS).join(", ")}, or leave it out`,
  });
}

/** Returns a token for the management API, cached for its lifetime. @throws {ProviderError} */
export async function managementToken(ctx: ProviderContext, account: Account): Promise<string> {
  const { tenant, client } = account.facts ?? {};
  if (tenant === undefined || client === undefined) return account.secret.reveal();
  const known = ctx.memory.get("token") as { readonly token: string; readonly until: number } | undefined;
  if (known && known.until - SPARE_MS > ctx.now()) return known.token;
  const { login, management } = chooseCloud(ctx);
  try {
    const tokens = await requestTokens(ctx, {
      vendor: "Microsoft",
      url: `https://${login}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
      as: "form",
      remedy: CHECK,
      finalCodes: ["invalid_client", "unauthorized_client", "invalid_request"],
      body: {
        grant_type: "client_credentials",
        client_id: client,
        client_secret: account.secret.reveal(),
        scope: `https://${management}/.default`,
      },
    });
    ctx.memory.set("token", {
      token: tokens.access_token,
      until: ctx.now() + (tokens.expires_in ?? 0) * 1000,
    });
    return tokens.access_token;
  } catch (error) {
    if (kindOfFailure(error) !== "auth") throw error;
    throw new ProviderError("auth", "Microsoft refuses the application or its secret", { hint: CHECK });
  }
}
