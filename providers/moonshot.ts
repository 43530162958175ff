/**
 * Moonshot's open platform, with prepaid calls of Kimi models: the available balance, and its vouchers and
 * cash. Keys belong to one of two regions, run by different companies.
 */
import * as v from "valibot";
import { type ProviderContext, Secret } from "../lib/provider/context.ts";
import {
  badResponseError,
  isRecord,
  isStated,
  lenientNumber,
  member,
  orNull,
  tidy,
  unknownFigures,
} from "../lib/provider_kit/decode.ts";
import { firstSetting, type Named, textAt } from "../lib/provider_kit/login_file.ts";
import { type Answer, type Provider, ProviderError } from "../lib/provider/contract.ts";
import { balanceReading, createAnswer, createGathering } from "../lib/provider_kit/readings.ts";
import { refusedError, requestJson, type RequestTarget } from "../lib/provider_kit/request_json.ts";

interface Region {
  readonly host: string;
  /** The response names no currency: the host determines it. */
  readonly currency: string;
}

const INTERNATIONAL: Region = { host: "api.moonshot.ai", currency: "USD" };
const CHINA: Region = { host: "api.moonshot.cn", currency: "CNY" };
const REGIONS: Readonly<Record<string, Region>> = {
  international: INTERNATIONAL,
  intl: INTERNATIONAL,
  global: INTERNATIONAL,
  china: CHINA,
  cn: CHINA,
};

const KNOWN = { available_balance: true, voucher_balance: true, cash_balance: true } as const;

export const moonshot: Provider = {
  id: "moonshot",
  name: "Moonshot",
  aliases: ["kimi-api"],
  hosts: [INTERNATIONAL.host, CHINA.host],
  official: true,
  vendor: {
    letters: "Mo",
    colour: "#2f5140",
    usage: "https://platform.moonshot.ai/console/account",
  },
  pools: [
    { counts: "spend", quotas: ["balance", ["voucher", "cash"]] },
  ],
  settings: [
    { name: "MOONSHOT_API_KEY", secret: true, help: "API key of platform.moonshot.ai or .cn, sk-..." },
    { name: "MOONSHOT_KEY", secret: true, help: "The same under another name", alias: true },
    { name: "MOONSHOT_REGION", secret: false, help: "international (default) or china" },
  ],
  everyMs: 300_000,

  // deno-lint-ignore require-await -- a broken setting is to be a rejection, never a throw
  async accounts(ctx) {
    chooseRegion(ctx);
    const found = firstSetting(ctx, ["MOONSHOT_API_KEY", "MOONSHOT_KEY"]);
    if (!found) return [];
    const { value, source } = found;
    return [{ name: "default", source, secret: new Secret(value), remedy: remedyFor(ctx, found) }];
  },

  async read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: "Moonshot", account };
    const { host, currency } = chooseRegion(ctx);
    const { body } = await requestJson(ctx, party, `https://${host}/v1/users/me/balance`, {
      headers: { authorization: `Bearer ${account.secret.reveal()}` },
    });
    const data = requireData(party, body);
    const parseAmount = (name: string) => v.parse(orNull(lenientNumber), data[name]);
    const voucher = parseAmount("voucher_balance");
    const cash = parseAmount("cash_balance");
    // A cash debt does not reduce vouchers.
    const available = parseAmount("available_balance") ??
      (voucher === null || cash === null ? null : tidy(cash > 0 ? voucher + cash : voucher));
    if (available === null) throw badResponseError("Moonshot answered without a balance", body);
    const purses = [
      ["balance", "Available balance", available],
      ["voucher", "Voucher balance", voucher],
      ["cash", "Cash balance", cash],
    ] as const;
    const found = createGathering();
    for (const { what, why } of unknownFigures(data, KNOWN)) found.drop(what, why);
    for (const [quota, label, held] of purses) {
      const name = quota === "balance" ? "available_balance" : `${quota}_balance`;
      if (held !== null) found.add(balanceReading(quota, `${label} (${currency})`, held, currency), name);
      else if (isStated(data[name])) found.drop(name, "no amount");
    }
    return createAnswer("Moonshot", body, found);
  },
};

function remedyFor(ctx: ProviderContext, { value, source }: Named): string {
  if (value.startsWith("sk-kimi-")) {
    return `${source} holds a key of the Kimi Code plan, which is a provider of its own: the key of the platform is needed here`;
  }
  const other = chooseRegion(ctx) === CHINA ? "international" : "china";
  return `Check ${source}; a key of the other region needs MOONSHOT_REGION=${other}`;
}

/** Picks the region. A key goes to one region only; another company runs the other. */
function chooseRegion(ctx: ProviderContext): Region {
  const text = ctx.env("MOONSHOT_REGION")?.toLowerCase() ?? "international";
  const region = Object.hasOwn(REGIONS, text) ? REGIONS[text] : undefined;
  if (region) return region;
  throw new ProviderError("missing", "MOONSHOT_REGION names an unknown region", {
    hint: "Set MOONSHOT_REGION to international or china",
  });
}

function requireData(party: RequestTarget, body: unknown): Readonly<Record<string, unknown>> {
  const data = member(body, "data");
  const code = member(body, "code") === undefined ? 0 : v.parse(orNull(lenientNumber), member(body, "code"));
  if (code === 0 && member(body, "status") !== false) {
    if (isRecord(data)) return data;
    throw badResponseError("Moonshot answered without data", body);
  }
  const message = textAt(body, "message") ?? textAt(body, "error", "message") ?? textAt(body, "msg") ?? "";
  if (/auth|\bkey\b/i.test(message)) throw refusedError(party, "said in the body");
  throw badResponseError("Moonshot answered that it failed", body);
}
