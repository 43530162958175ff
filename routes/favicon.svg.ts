import { faviconSvg } from "@/lib/ui/favicon.ts";
import { api } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/state.ts";

/** The icon of a page, drawn from its address alone. Never cached, because it shows how full a quota is. */
export const handlers = define.handlers(api({
  GET({ url }) {
    const used = /^\d{1,3}$/.exec(url.searchParams.get("used") ?? "")?.[0] ?? "0";
    return new Response(faviconSvg(Number(used), url.searchParams.get("status") ?? ""), {
      headers: { "content-type": "image/svg+xml" },
    });
  },
}));
