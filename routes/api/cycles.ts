import { cycleRows } from "@/lib/formats/quota_api_past.ts";
import { quotaKey } from "@/lib/model/quota.ts";
import { answerWithEtag, api } from "@/lib/web/answer.ts";
import { minuteTag } from "@/lib/web/native.ts";
import { isForAll, resolveChoice, resolveType } from "@/lib/web/quota_choice.ts";
import { define } from "@/lib/web/state.ts";

const MAX_CYCLES = 200;

/** The cycles of one quota of a provider, the open one first. */
export const handlers = define.handlers(api({
  GET(ctx) {
    const { services } = ctx.state;
    const { analysis } = services;
    const all = isForAll(ctx);
    return answerWithEtag(ctx, minuteTag(services), () =>
      resolveChoice(ctx, async (choice) => {
        const { type, quota } = resolveType(ctx, choice, all);
        if (!choice.account || quota === null) return [];
        const quotas = [quotaKey(choice.account.key, quota)];
        const { items } = await analysis.cycles({ quotas, limit: MAX_CYCLES });
        return cycleRows(type, items);
      }));
  },
}));
