/** Synthetic keys that users gave to other tools: OpenCode, Pi and Factory. */
import type { FoundSetting, ProviderContext, Setting } from "../../lib/provider/context.ts";
import { member } from "../../lib/provider_kit/decode.ts";
import { jsonFile, OPENCODE_LOGINS, openCodeKey, textAt } from "../../lib/provider_kit/login_file.ts";
import type { LoginPlace } from "../../lib/provider/contract.ts";

const OPENCODE_NAMES = ["synthetic", "synthetic.new", "syn"];
const PI_LOGINS: LoginPlace = {
  path: "${PI_CODING_AGENT_DIR:-~/.pi/agent}/auth.json",
  what: "keys stored in Pi",
};
const PI_MODELS: LoginPlace = {
  path: "${PI_CODING_AGENT_DIR:-~/.pi/agent}/models.json",
  what: "the models of Pi",
};
const FACTORY: LoginPlace = { path: "~/.factory/settings.json", what: "the settings of Factory" };

export const KEY_PLACES: readonly LoginPlace[] = [OPENCODE_LOGINS, PI_LOGINS, PI_MODELS, FACTORY];

export const PI_FOLDER: Setting = {
  name: "PI_CODING_AGENT_DIR",
  secret: false,
  home: true,
  help: "Folder of Pi, ~/.pi/agent by default",
};

/** @throws {ProviderError} `missing` when a tool's file cannot be used */
export async function keyOfTools(ctx: ProviderContext): Promise<FoundSetting | undefined> {
  return await openCodeKey(ctx, OPENCODE_NAMES) ?? await keyOfPi(ctx) ?? await keyOfFactory(ctx);
}

async function keyOfPi(ctx: ProviderContext): Promise<FoundSetting | undefined> {
  const logins = await jsonFile(ctx, PI_LOGINS);
  const login = textAt(logins, "synthetic", "key") ?? textAt(logins, "synthetic", "apiKey");
  if (isKey(login)) return { value: login, source: "the login of Pi" };
  const model = textAt(await jsonFile(ctx, PI_MODELS), "providers", "synthetic", "apiKey");
  return isKey(model) ? { value: model, source: "the models of Pi" } : undefined;
}

async function keyOfFactory(ctx: ProviderContext): Promise<FoundSetting | undefined> {
  const models = member(await jsonFile(ctx, FACTORY), "customModels");
  for (const model of Array.isArray(models) ? models as readonly unknown[] : []) {
    const key = textAt(model, "apiKey");
    if (isKey(key) && isOurs(textAt(model, "baseUrl"))) return { value: key, source: "a model of Factory" };
  }
  return undefined;
}

function isOurs(url: string | undefined): boolean {
  if (url === undefined || !URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === "synthetic.new" || hostname.endsWith(".synthetic.new");
}

/** Tools also accept a command or a variable name instead of a key; neither is followed. */
function isKey(text: string | undefined): text is string {
  return text !== undefined && /^[\x21-\x7e]{8,512}$/.test(text) && !/^(?:[!$]|[A-Z][A-Z0-9_]*$)/.test(text);
}
