import { spendJson } from "@/lib/formats/spend.ts";
import { api, json } from "@/lib/web/answer.ts";
import { pageZone } from "@/lib/web/preferences.ts";
import { define } from "@/lib/web/state.ts";

/** What was spent by account and month, what is left for today, and what plans were worth. */
export const handlers = define.handlers(api({
  async GET({ state }) {
    return json(spendJson(await state.services.spend(pageZone(state))));
  },
}));
