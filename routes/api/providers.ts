import { encodeProviders } from "@/lib/formats/quota_api.ts";
import { api, json } from "@/lib/web/answer.ts";
import { ALL_WORDS, chooseProvider } from "@/lib/web/quota_choice.ts";
import { define } from "@/lib/web/state.ts";

/** Lists the configured providers, and the default one. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { services } = ctx.state;
    const [view, providers] = await Promise.all([services.dashboard(), services.providers()]);
    const configured = providers.filter((provider) => provider.configured);
    const word = ctx.url.searchParams.get("provider");
    const named = word !== null && ALL_WORDS.includes(word);
    const current = named
      ? "both"
      : word === null
      ? configured[0]?.id ?? null
      : chooseProvider(word, providers, view);
    return json(encodeProviders(configured, current));
  },
}));
