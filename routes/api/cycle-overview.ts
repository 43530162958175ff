import { cycleOverview } from "@/lib/formats/quota_api_overview.ts";
import { quotaKey } from "@/lib/model/quota.ts";
import { answerWithEtag, api } from "@/lib/web/answer.ts";
import { minuteTag } from "@/lib/web/native.ts";
import { isForAll, resolveChoice, resolveType } from "@/lib/web/quota_choice.ts";
import { OverviewLimitParam, parseNumberParam } from "@/lib/web/params.ts";
import { define } from "@/lib/web/state.ts";

const DEFAULT_LIMIT = 50;

/** The cycles of one quota, each with the state of all the account's quotas at its peak. */
export const handlers = define.handlers(api({
  GET(ctx) {
    const { services } = ctx.state;
    const { analysis } = services;
    const limit = parseNumberParam(ctx.url.searchParams, "limit", OverviewLimitParam, DEFAULT_LIMIT);
    const all = isForAll(ctx);
    return answerWithEtag(ctx, minuteTag(services), () =>
      resolveChoice(ctx, async (choice) => {
        const { provider, account } = choice;
        const { type, quota } = resolveType(ctx, choice, all, "groupBy");
        const quotas = account?.quotas.map((one) => one.quota) ?? [];
        const cycles = account && quota !== null
          ? await analysis.cycleOverview({ quota: quotaKey(account.key, quota), limit })
          : [];
        return cycleOverview(provider, type, quotas, cycles);
      }));
  },
}));
