/**
 * OpenCode: the Go plan, polled with a key of the plan or of a service account; and the console with its
 * meters in money and the balance, polled with a browser login.
 */
import { type ProviderContext, Secret } from "../lib/provider/context.ts";
import { cookieValue } from "../lib/provider_kit/cookie.ts";
import { firstSetting, type Named, OPENCODE_LOGINS, openCodeKey } from "../lib/provider_kit/login_file.ts";
import { type Account, type Answer, type Provider, ProviderError } from "../lib/provider/contract.ts";
import type { RequestTarget } from "../lib/provider_kit/request_json.ts";
import { readConsole, readServiceAccount } from "./opencode_zen/console.ts";
import { readKey } from "./opencode_zen/go.ts";

/** The ways to poll, each with its own credential. */
const READS = { key: readKey, service: readServiceAccount, session: readConsole };

type Way = keyof typeof READS;

const CONSOLE_COOKIE = "__Host-console_session";
/** Prefix of service account keys, which work at the console's route, not at that of the plan's own keys. */
const SERVICE_ACCOUNT = "oc_sk_";

export const opencodeZen: Provider = {
  id: "opencode-zen",
  name: "OpenCode",
  aliases: ["zen"],
  hosts: ["opencode.ai"],
  official: true,
  vendor: {
    letters: "Oc",
    colour: "#5d5048",
    usage: "https://opencode.ai/auth",
  },
  pools: [
    { counts: "use", quotas: ["monthly", "weekly", "daily", "five-hour"] },
    { counts: "spend", quotas: ["balance"] },
  ],
  places: [OPENCODE_LOGINS],
  settings: [
    {
      name: "OPENCODE_GO_API_KEY",
      secret: true,
      help:
        "API key of a workspace with OpenCode Go, or of a service account that may read its usage (oc_sk_...)",
    },
    { name: "OPENCODE_API_KEY", secret: true, help: "The same under another name", alias: true },
    {
      name: "OPENCODE_CONSOLE_COOKIE",
      secret: true,
      help: "Cookie __Host-console_session of opencode.ai, for the balance and figures in money",
    },
    { name: "OPENCODE_WORKSPACE_ID", secret: false, help: "Workspace to poll, wrk_... or org_..." },
    { name: "OPENCODE_GO_WORKSPACE_ID", secret: false, help: "The same under another name", alias: true },
  ],
  signIn: "Give OpenCode a key for OpenCode Go",
  everyMs: 300_000,

  async accounts(ctx) {
    const workspace = findWorkspace(ctx);
    const consoleCookie = findCookie(ctx, "OPENCODE_CONSOLE_COOKIE", CONSOLE_COOKIE);
    if (consoleCookie) return [createAccount("session", consoleCookie, workspace)];
    const key = firstSetting(ctx, ["OPENCODE_GO_API_KEY", "OPENCODE_API_KEY"]);
    if (key) return [keyAccount(key, workspace)];
    const login = await openCodeKey(ctx, ["opencode-go", "opencode"]);
    return login ? [keyAccount(login, workspace)] : [];
  },

  read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: "OpenCode", account };
    return READS[chooseWay(account)](ctx, party, account.facts?.workspace);
  },
};

function keyAccount(key: Pick<Named, "value" | "source">, workspace: string | undefined) {
  return createAccount(key.value.startsWith(SERVICE_ACCOUNT) ? "service" : "key", key, workspace);
}

function createAccount(
  way: Way,
  { value, source }: Pick<Named, "value" | "source">,
  workspace: string | undefined,
) {
  const remedy = way === "session"
    ? `Sign in at opencode.ai in a browser again, and renew ${source} with the cookie it has then`
    : `Check ${source}`;
  const facts = { way, ...workspace === undefined ? {} : { workspace } };
  return { name: "default", source, secret: new Secret(value), facts, remedy };
}

function chooseWay({ facts }: Account): Way {
  const way = facts?.way;
  return way === "session" || way === "service" ? way : "key";
}

function findCookie(ctx: ProviderContext, setting: string, name: string) {
  const found = ctx.find(setting);
  if (!found) return undefined;
  const value = cookieValue(found.value, name);
  if (value !== undefined) return { value, source: found.source };
  throw new ProviderError("missing", `${setting} does not contain the cookie "${name}"`, {
    hint: `Copy the value of the cookie "${name}" of opencode.ai into ${setting}`,
  });
}

function findWorkspace(ctx: ProviderContext): string | undefined {
  const found = firstSetting(ctx, ["OPENCODE_WORKSPACE_ID", "OPENCODE_GO_WORKSPACE_ID"]);
  if (!found) return undefined;
  if (/^(?:wrk|org)_[A-Za-z0-9]{1,64}$/.test(found.value)) return found.value;
  throw new ProviderError("missing", `${found.name} is not an id of a workspace`, {
    hint: `Set ${found.name} to the id in the address of the workspace, wrk_ and what follows`,
  });
}
