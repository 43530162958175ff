/**
 * Google Antigravity: asks the server its app runs on this machine, or its command line. Nothing leaves the
 * machine, and there is nothing to ask while neither runs.
 */
import { type Os, type ProviderContext, Secret } from "../lib/provider/context.ts";
import { badResponseError, member } from "../lib/provider_kit/decode.ts";
import { textAt } from "../lib/provider_kit/login_file.ts";
import {
  type Account,
  type Answer,
  type LoginPlace,
  type Provider,
  ProviderError,
} from "../lib/provider/contract.ts";
import {
  NO_SUCH_ROUTE,
  refusedError,
  requestJson,
  type RequestTarget,
} from "../lib/provider_kit/request_json.ts";
import { askCommandLine, COMMAND } from "./antigravity/command_line.ts";
import { statusAnswer, summaryAnswer } from "./antigravity/quotas.ts";
import { COMMANDS, findPorts, findRunningServer } from "./antigravity/server.ts";

const VENDOR = "Antigravity";
const LOCAL = "127.0.0.1";
const SERVICE = "exa.language_server_pb.LanguageServerService";
const TOKEN = "ANTIGRAVITY_CSRF_TOKEN";
const SOURCE = "ANTIGRAVITY_SOURCE";
const BASE_URLS = ["SYNTRACK_ANTIGRAVITY_BASE_URL", "ANTIGRAVITY_BASE_URL"] as const;
const BODY = JSON.stringify({
  metadata: { ideName: "antigravity", extensionName: "antigravity", locale: "en", ideVersion: "unknown" },
});

/** The app's responses describe all models at length. */
const CAP_BYTES = 1024 * 1024;
const PROBE_MS = 500;

/** Older and newer builds support one or the other. */
const METHODS: readonly (readonly [method: string, decode: (body: unknown, now: number) => Answer | null])[] =
  [
    ["RetrieveUserQuotaSummary", summaryAnswer],
    ["GetUserStatus", statusAnswer],
    ["GetCommandModelConfigs", statusAnswer],
  ];

/** Only their existence matters: the app is installed, so it has an account even while it is not running. */
const FOLDERS: readonly (readonly [folder: string, os: Os])[] = [
  ["${XDG_CONFIG_HOME:-~/.config}", "linux"],
  ["~/Library/Application Support", "darwin"],
  ["${APPDATA:-~/AppData/Roaming}", "windows"],
];
const PLACES: readonly LoginPlace[] = FOLDERS.map(([folder, os]) => ({
  path: `${folder}/Antigravity/User/globalStorage/storage.json`,
  os: [os],
  what: "whether Antigravity is installed",
}));

export const antigravity: Provider = {
  id: "antigravity",
  name: "Antigravity",
  hosts: [LOCAL],
  official: false,
  vendor: {
    letters: "An",
    colour: "#2c7a45",
    usage: "https://antigravity.google/",
    status: "https://www.google.com/appsstatus/dashboard/products/npdyhgECDJ6tB66MxXyo/history",
  },
  pools: [
    { counts: "use", quotas: ["<pool>-monthly", "<pool>-weekly", "<pool>-five-hour", "<pool>"] },
  ],
  optIn: "It searches the list of running programs for the token of its app",
  settings: [
    {
      name: TOKEN,
      secret: true,
      help: "Token of the app's server, which changes with each start; detected automatically unless set",
    },
    { name: SOURCE, secret: false, help: "ide (the app, by default), cli (the command agy) or both" },
  ],
  signIn: "Start Antigravity and set SYNTRACK_ANTIGRAVITY_ENABLED=true",
  baseUrlNames: ["ANTIGRAVITY_BASE_URL"],
  places: PLACES,
  commands: [...COMMANDS, COMMAND],
  everyMs: 300_000,

  async accounts(ctx) {
    const source = describeSource(ctx);
    const found = ctx.find(TOKEN);
    if (source !== "cli" && found) return [accountWith(found.value, found.source)];
    const server = source === "cli" ? undefined : await findRunningServer(ctx);
    if (server) {
      return [{ ...accountWith(server.token, "the running app"), facts: { pid: String(server.pid) } }];
    }
    if (source !== "ide") return [accountWith("", "the command agy")];
    return ctx.env(SOURCE) !== undefined || await isInstalled(ctx) ? [accountWith("", "the app")] : [];
  },

  async read(ctx, account): Promise<Answer> {
    const source = describeSource(ctx);
    if (source === "cli") return await askCommandLine(ctx);
    try {
      return await askApp(ctx, account);
    } catch (error) {
      if (source !== "both" || member(error, "kind") !== "unavailable" || ctx.signal.aborted) throw error;
      return await askCommandLine(ctx);
    }
  },
};

type Source = "ide" | "cli" | "both";

function describeSource(ctx: ProviderContext): Source {
  const text = ctx.env(SOURCE)?.toLowerCase() ?? "ide";
  if (text === "ide" || text === "cli" || text === "both") return text;
  throw new ProviderError("missing", `${SOURCE} names an unknown source`, {
    hint: "Set it to ide, cli or both",
  });
}

function accountWith(token: string, source: string): Account {
  const remedy = "Restart Antigravity; if a token is set, it must be that of the running app";
  return { name: "default", source, secret: new Secret(token), remedy };
}

async function isInstalled(ctx: ProviderContext): Promise<boolean> {
  for (const { path } of PLACES) {
    try {
      if (await ctx.readText(path) !== null) return true;
    } catch {
      return true;
    }
  }
  return false;
}

/** Asks the app; retries once if it restarted since it was found. */
async function askApp(ctx: ProviderContext, account: Account): Promise<Answer> {
  try {
    return await askServer(ctx, account);
  } catch (error) {
    const server = member(error, "kind") === "auth" && account.facts?.pid !== undefined
      ? await findRunningServer(ctx)
      : undefined;
    if (!server || server.token === account.secret.reveal()) throw error;
    return await askServer(ctx, {
      ...account,
      secret: new Secret(server.token),
      facts: { pid: String(server.pid) },
    });
  }
}

async function askServer(ctx: ProviderContext, account: Account): Promise<Answer> {
  const party: RequestTarget = { vendor: VENDOR, account };
  const origin = await fetchOrigin(ctx, party);
  let unknown: unknown;
  for (const [method, decode] of METHODS) {
    const { status, body } = await call(ctx, party, origin, method, BODY, NO_SUCH_ROUTE);
    if (NO_SUCH_ROUTE.includes(status)) continue;
    refuseFailure(party, body);
    const answer = decode(body, ctx.now());
    if (answer) return answer;
    unknown = body;
  }
  throw unknown === undefined
    ? notRunning("it knows none of its calls")
    : badResponseError("Antigravity answered without any known quota", unknown);
}

/** Failures may come with a success status and a code. */
function refuseFailure(party: RequestTarget, body: unknown): void {
  const code = member(body, "code");
  if (code === undefined || code === null || code === 0 || code === "0" || code === "ok") return;
  if (code === "unauthenticated" || code === 16) {
    throw refusedError(party, "signed out", "Sign in to Antigravity");
  }
  if (textAt({ code }, "code") !== undefined || typeof code === "number") {
    throw badResponseError("Antigravity answered with a failure", body);
  }
}

/** Returns the server's origin: the configured one, or else the port that answers. */
async function fetchOrigin(ctx: ProviderContext, party: RequestTarget): Promise<string> {
  const { account } = party;
  if (account.secret.reveal() === "") throw notRunning("its app is not running");
  if (BASE_URLS.some((name) => ctx.env(name) !== undefined)) return `https://${LOCAL}`;
  const pid = account.facts?.pid ?? (await findRunningServer(ctx))?.pid;
  if (pid === undefined) throw notRunning("its app is not running");
  for (const port of await findPorts(ctx, Number(pid))) {
    for (const scheme of ["http", "https"]) {
      const origin = `${scheme}://${LOCAL}:${port}`;
      if (await isAnswering(ctx, party, origin)) return origin;
    }
  }
  throw notRunning("none of its ports answers");
}

async function isAnswering(ctx: ProviderContext, party: RequestTarget, origin: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PROBE_MS);
    const body = JSON.stringify({ wrapper_data: {} });
    await call(ctx, party, origin, "GetUnleashData", body, [401], signal);
    return true;
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    return false;
  }
}

function notRunning(why: string): ProviderError {
  return new ProviderError("unavailable", `Antigravity is not available: ${why}`, {
    hint: "Start Antigravity: it is polled again once it runs",
  });
}

function call(
  ctx: ProviderContext,
  party: RequestTarget,
  origin: string,
  method: string,
  body: string,
  expected: readonly number[],
  signal?: AbortSignal,
) {
  return requestJson(ctx, party, `${origin}/${SERVICE}/${method}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "connect-protocol-version": "1",
      "x-codeium-csrf-token": party.account.secret.reveal(),
    },
    body,
    capBytes: CAP_BYTES,
    expected,
    ...signal ? { signal } : {},
  });
}
