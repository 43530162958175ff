import { loggingHistory } from "@/lib/formats/quota_api_overview.ts";
import { api } from "@/lib/web/answer.ts";
import { resolveChoice } from "@/lib/web/quota_choice.ts";
import { readLog } from "@/lib/web/history.ts";
import { LogDaysParam, LogLimitParam, parseNumberParam } from "@/lib/web/params.ts";
import { answerCachedJson } from "@/lib/web/response_cache.ts";
import { define } from "@/lib/web/state.ts";

const DEFAULT_LIMIT = 1000;

/** Every stored reading of an account, newest first. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { searchParams } = ctx.url;
    const days = parseNumberParam(searchParams, "range", LogDaysParam, 1);
    const limit = parseNumberParam(searchParams, "limit", LogLimitParam, DEFAULT_LIMIT);
    return await answerCachedJson(ctx, () =>
      resolveChoice(ctx, async ({ provider, account }) => {
        const quotas = account?.quotas.map(({ quota }) => quota) ?? [];
        const samples = account ? await readLog(ctx.state.services, account, days, limit + 1) : [];
        return loggingHistory(provider, quotas, samples, limit);
      }));
  },
}));
