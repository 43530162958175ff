import type { QuotaKey } from "@/lib/model/quota.ts";
import type { Services } from "@/lib/services.ts";
import { api, tagged, unknownWord } from "@/lib/web/answer.ts";
import { chosenRange } from "@/lib/web/choose.ts";
import { historyTag } from "@/lib/web/history.ts";
import { define } from "@/lib/web/state.ts";

/** The lines of a chart: all quotas, or those that are named. */
export const handlers = define.handlers(api({
  GET(ctx) {
    const { services } = ctx.state;
    const range = chosenRange(ctx);
    return tagged(ctx, historyTag(services, range), async () => {
      const quotas = await quotasNamed(services, ctx.url.searchParams.getAll("quota"));
      return await services.history({ range: range.name, ...quotas && { quotas } });
    });
  },
}));

/** The quotas of these keys, or null when none is named. */
async function quotasNamed(
  services: Services,
  words: readonly string[],
): Promise<readonly QuotaKey[] | null> {
  if (words.length === 0) return null;
  const view = await services.dashboard();
  const known = view.accounts.flatMap(({ quotas }) => quotas.map(({ key }) => key));
  return [...new Set(words)].map((word) => {
    const key = known.find((one) => one === word);
    if (key === undefined) throw unknownWord("quota", word, known);
    return key;
  });
}
