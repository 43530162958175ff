/** Maps the three fields of a service (key, token, address) to a provider's settings. */

/** A problem with one of the fields. */
export interface CredentialProblem {
  readonly field: "apiKey" | "bearerToken" | "baseUrl";
  readonly message: string;
}

/** The part of a setting that decides the mapping. */
export interface SettingFacts {
  readonly name: string;
  readonly secret: boolean;
  readonly alias?: true;
}

export interface Credentials {
  readonly apiKey?: string | undefined;
  readonly bearerToken?: string | undefined;
  readonly baseUrl?: string | undefined;
}

/** By setting name; null removes a value. */
export type Values = Record<string, string | null>;

/** Providers whose key field may hold several kinds of secrets. */
const KEYS: Readonly<Record<string, (value: string) => Values>> = {
  amp: (value) => ({ [isCookie(value) ? "AMP_SESSION_COOKIE" : "AMP_API_KEY"]: value }),
  "opencode-zen": (value) => ({
    [isCookie(value) ? "OPENCODE_CONSOLE_COOKIE" : "OPENCODE_GO_API_KEY"]: value,
  }),
  bedrock(value) {
    const [id = "", secret] = value.split(":");
    return secret === undefined
      ? { AWS_SECRET_ACCESS_KEY: value }
      : { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret };
  },
  "google-ai": (value) => ({
    [value.startsWith("ya29.") ? "GOOGLE_OAUTH_ACCESS_TOKEN" : "GEMINI_API_KEY"]: value,
  }),
};

/** The meaning of an address that is not a setting; undefined for the vendor's default one. */
const ADDRESSES: Readonly<Record<string, (url: URL) => Values | undefined>> = {
  "opencode-zen"(url) {
    const id = /\/workspace\/([A-Za-z0-9_-]+)/.exec(url.pathname)?.[1];
    return id === undefined ? undefined : { OPENCODE_WORKSPACE_ID: id };
  },
  amp: (url) => url.host === "ampcode.com" ? undefined : { AMP_URL: url.href },
  zai: (url) => url.host === "api.z.ai" ? undefined : { ZAI_BASE_URL: url.href },
};

/** Vendors' default addresses, with which the other program prefills its form. */
const DEFAULT_HOSTS = new Set([
  "api.openai.com",
  "api.anthropic.com",
  "generativelanguage.googleapis.com",
  "chatgpt.com",
]);

function isCookie(value: string): boolean {
  return /^(?:[\w-]+=|Fe26\.)/.test(value.trim());
}

/**
 * Returns the values of the provider's settings, and the problems of fields it has no setting for.
 *
 * @param stored names of the stored settings; an empty field removes its own
 */
export function convertCredentials(
  provider: string,
  settings: readonly SettingFacts[],
  { apiKey, bearerToken, baseUrl }: Credentials,
  stored: readonly string[] = [],
): { readonly values: Values; readonly problems: readonly CredentialProblem[] } {
  const problems: CredentialProblem[] = [];
  const values: Values = {};
  const secrets = settings.filter(({ secret, alias }) => secret && !alias).map(({ name }) => name);
  const take = (
    field: CredentialProblem["field"],
    names: readonly string[],
    value: string,
    own?: (value: string) => Values,
  ) => {
    if (value.trim() === "") { for (const name of names) if (stored.includes(name)) values[name] = null; }
    if (value.trim() === "") return;
    const [name] = names;
    if (own) Object.assign(values, own(value.trim()));
    else if (name !== undefined) values[name] = value;
    else problems.push({ field, message: `${provider} takes no ${field}` });
  };
  const tokens = secrets.filter((name) => name.includes("TOKEN"));
  const keys = secrets.filter((name) => !name.includes("TOKEN"));
  if (apiKey !== undefined) take("apiKey", keys.length > 0 ? keys : tokens, apiKey, KEYS[provider]);
  if (bearerToken !== undefined) take("bearerToken", tokens.length > 0 ? tokens : keys, bearerToken);
  if (baseUrl !== undefined) {
    const names = settings.filter(({ name, secret }) => !secret && /_(?:BASE_)?URL$/.test(name))
      .map(({ name }) => name);
    if (baseUrl.trim() === "") take("baseUrl", [...names, "OPENCODE_WORKSPACE_ID"], "");
    else Object.assign(values, parseAddress(provider, names, baseUrl.trim(), problems));
  }
  return { values, problems };
}

function parseAddress(
  provider: string,
  names: readonly string[],
  text: string,
  problems: CredentialProblem[],
): Values | undefined {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    problems.push({ field: "baseUrl", message: "baseUrl is not an address: expected https://..." });
    return undefined;
  }
  if (Object.hasOwn(ADDRESSES, provider)) return ADDRESSES[provider]!(url);
  const [name] = names;
  if (name !== undefined) return { [name]: text };
  if (DEFAULT_HOSTS.has(url.host)) return undefined;
  problems.push({
    field: "baseUrl",
    message: `${provider} has a fixed address; set another one on the server, see syntrack providers`,
  });
  return undefined;
}
