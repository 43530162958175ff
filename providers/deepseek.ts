/** DeepSeek's open platform: prepaid money, one balance for each currency, and nothing else. */
import * as v from "valibot";
import { type LastReading, Secret } from "../lib/provider/context.ts";
import {
  badResponseError,
  isRecord,
  lenientNumber,
  member,
  orNull,
  unknownFigures,
} from "../lib/provider_kit/decode.ts";
import { firstSetting } from "../lib/provider_kit/login_file.ts";
import type { Part, Reading } from "../lib/model/quota.ts";
import type { Answer, Provider } from "../lib/provider/contract.ts";
import { BALANCE, balanceReading, createAnswer, createGathering } from "../lib/provider_kit/readings.ts";
import { requestJson } from "../lib/provider_kit/request_json.ts";

const BALANCE_URL = "https://api.deepseek.com/user/balance";
/** Nothing is left: a short but valid answer about the balance. */
const NO_MONEY = 402;

export const deepseek: Provider = {
  id: "deepseek",
  name: "DeepSeek",
  hosts: ["api.deepseek.com"],
  official: true,
  vendor: {
    letters: "De",
    colour: "#3a55d9",
    usage: "https://platform.deepseek.com/usage",
    status: "https://status.deepseek.com/",
  },
  pools: [
    { counts: "spend", quotas: ["balance-<currency>"] },
    { counts: "spend", quotas: ["balance"] },
  ],
  settings: [
    { name: "DEEPSEEK_API_KEY", secret: true, help: "API key of platform.deepseek.com, sk-..." },
    { name: "DEEPSEEK_KEY", secret: true, help: "The same under another name", alias: true },
  ],
  everyMs: 300_000,

  // deno-lint-ignore require-await -- a broken setting is to be a rejection, never a throw
  async accounts(ctx) {
    const found = firstSetting(ctx, ["DEEPSEEK_API_KEY", "DEEPSEEK_KEY"]);
    return found ? [{ name: "default", source: found.source, secret: new Secret(found.value) }] : [];
  },

  async read(ctx, account): Promise<Answer> {
    const { status, body } = await requestJson(ctx, { vendor: "DeepSeek", account }, BALANCE_URL, {
      headers: { authorization: `Bearer ${account.secret.reveal()}` },
      expected: [NO_MONEY],
    });
    const last = (await ctx.lastReadings()).filter(({ currency }) => currency !== undefined);
    if (status !== NO_MONEY) return parsePurses(body, last);
    return { readings: last.length > 0 ? last.map(({ currency }) => emptyPurse(currency!)) : [NO_PURSE] };
  },
};

const KNOWN = {
  balance_infos: {
    currency: true,
    total_balance: true,
    granted_balance: "amount",
    topped_up_balance: "amount",
  },
} as const;

/** Nothing is left, in a currency that the vendor does not name. */
const NO_PURSE: Reading = {
  quota: "balance",
  label: "Balance",
  unit: "credits",
  used: null,
  limit: null,
  remaining: 0,
  window: BALANCE,
  resetsAt: null,
  allowed: false,
};

function emptyPurse(code: string): Reading {
  return { ...balanceReading(`balance-${code.toLowerCase()}`, `Balance (${code})`, 0, code), allowed: false };
}

interface Purse {
  readonly total: number;
  readonly parts: readonly Part[];
}

/** @param last the last balances: once one is spent, it is 0, and not unknown */
function parsePurses(body: unknown, last: readonly LastReading[]): Answer {
  const infos = member(body, "balance_infos");
  if (!Array.isArray(infos)) throw badResponseError("DeepSeek answered without a list of balances", body);
  const found = createGathering();
  for (const { what, why } of unknownFigures(body, KNOWN)) found.drop(what, why);
  const purses = new Map<string, Purse>();
  let isUnread = false;
  for (const info of infos as readonly unknown[]) {
    const currency = isRecord(info) ? info.currency : undefined;
    const total = parseAmount(member(info, "total_balance"));
    if (typeof currency !== "string" || !/^[A-Za-z]{3,8}$/.test(currency.trim()) || total === null) {
      found.drop("balance_infos", total === null ? "no amount" : "no currency");
      isUnread = true;
      continue;
    }
    const code = currency.trim().toUpperCase();
    const before = purses.get(code);
    if (before && before.total !== total) {
      found.drop(`balance_infos ${code}`, "another balance in the same currency is lower");
    }
    if (!before || total < before.total) purses.set(code, { total, parts: parseParts(info) });
  }
  // An account has a balance in each currency, and usually uses one. An
  // empty one counts as "none" unless another is unreadable.
  const known = new Set(last.map(({ currency }) => currency));
  // A single balance of 0 may be one that never held anything.
  const held = last.length === 1 && last[0]?.remaining === 0 ? new Set() : known;
  const filled = [...purses].filter(([code, { total }]) => total !== 0 || held.has(code));
  const empty = [...purses].filter(([code]) => known.has(code));
  const shown = filled.length > 0
    ? filled
    : isUnread
    ? []
    : empty.length > 0
    ? empty
    : [...purses].slice(0, 1);
  const verdict = member(body, "is_available");
  const blocked = verdict === false && filled.some(([, { total }]) => total > 0);
  for (const [code, { total, parts }] of shown.toSorted(([, a], [, b]) => b.total - a.total)) {
    // There is money, but calls are refused: it must look different from other balances.
    const label = `Balance (${code})${blocked ? ", calls are refused" : ""}`;
    found.add({
      ...balanceReading(`balance-${code.toLowerCase()}`, label, total, code),
      ...parts.length > 0 ? { parts } : {},
      ...typeof verdict === "boolean" ? { allowed: verdict } : {},
    });
  }
  return createAnswer("DeepSeek", body, found);
}

/** Returns the granted and the paid part, when both are stated. */
function parseParts(info: unknown): readonly Part[] {
  const granted = parseAmount(member(info, "granted_balance"));
  const toppedUp = parseAmount(member(info, "topped_up_balance"));
  if (granted === null || toppedUp === null || granted < 0 || toppedUp < 0) return [];
  return [{ name: "Granted", used: granted }, { name: "Topped up", used: toppedUp }];
}

/** Parses decimal text without separators, or a number. */
function parseAmount(value: unknown): number | null {
  if (typeof value === "string" && !/^-?\d+(?:\.\d+)?$/.test(value.trim())) return null;
  return v.parse(orNull(lenientNumber), value);
}
