/** The open platform of DeepSeek: money paid in ahead, one purse for each currency, and nothing else. */
import * as v from "valibot";
import { Secret } from "../lib/asking.ts";
import { badResponse, isRecord, lenientNumber, member, orNull } from "../lib/decode.ts";
import { firstSetting } from "../lib/login_file.ts";
import type { Reading } from "../lib/model/quota.ts";
import type { Answer, Provider } from "../lib/provider.ts";
import { balanceReading } from "../lib/readings.ts";
import { requestJson } from "../lib/request_json.ts";

const BALANCE_URL = "https://api.deepseek.com/user/balance";
/** The account is in debt: an answer about the purse, if a short one. */
const NO_MONEY = 402;

export const deepseek: Provider = {
  id: "deepseek",
  name: "DeepSeek",
  hosts: ["api.deepseek.com"],
  official: true,
  settings: [
    { name: "DEEPSEEK_API_KEY", secret: true, help: "API key of platform.deepseek.com, sk-..." },
    { name: "DEEPSEEK_KEY", secret: true, help: "The same under another name", alias: true },
  ],
  everyMs: 300_000,

  // deno-lint-ignore require-await -- a broken setting is to be a rejection, never a throw
  async accounts(ask) {
    const found = firstSetting(ask, ["DEEPSEEK_API_KEY", "DEEPSEEK_KEY"]);
    return found ? [{ name: "default", source: found.source, secret: new Secret(found.value) }] : [];
  },

  async read(ask, account): Promise<Answer> {
    const { status, body } = await requestJson(ask, { vendor: "DeepSeek", account }, BALANCE_URL, {
      headers: { authorization: `Bearer ${account.secret.reveal()}` },
      expected: [NO_MONEY],
    });
    if (status === NO_MONEY) {
      ask.log.warn("The vendor says that the balance is used up, and no figure", { account: account.name });
      return { readings: [] };
    }
    return { readings: pursesOf(body) };
  },
};

function pursesOf(body: unknown): readonly Reading[] {
  const infos = member(body, "balance_infos");
  if (!Array.isArray(infos)) throw badResponse("DeepSeek answered without a list of balances", body);
  const purses = new Map<string, number>();
  for (const info of infos as readonly unknown[]) {
    const currency = isRecord(info) ? info.currency : undefined;
    const total = amountOf(member(info, "total_balance"));
    if (typeof currency !== "string" || !/^[A-Za-z]{3,8}$/.test(currency.trim()) || total === null) continue;
    const code = currency.trim().toUpperCase();
    if (!purses.has(code)) purses.set(code, total);
  }
  if (purses.size === 0 && infos.length > 0) {
    throw badResponse("DeepSeek answered with no balance that can be read", body);
  }
  // An account has a purse in each currency, and mostly uses one.
  const filled = [...purses].filter(([, total]) => total !== 0);
  const shown = filled.length > 0 ? filled : [...purses].slice(0, 1);
  const blocked = member(body, "is_available") === false && filled.some(([, total]) => total > 0);
  return shown.toSorted(([, a], [, b]) => b - a).map(([code, total]) => {
    // There is money, and calls are refused all the same: that must not look like any other balance.
    const label = `Balance (${code})${blocked ? ", calls are refused" : ""}`;
    return balanceReading(`balance-${code.toLowerCase()}`, label, total, code);
  });
}

/** Decimal text without separators, or a number. */
function amountOf(value: unknown): number | null {
  if (typeof value === "string" && !/^-?\d+(?:\.\d+)?$/.test(value.trim())) return null;
  return v.parse(orNull(lenientNumber), value);
}
