import { api } from "@/lib/web/answer.ts";
import { openApiText } from "@/lib/web/openapi.ts";
import { define } from "@/lib/web/state.ts";

/** The description of this API. */
export const handlers = define.handlers(api({
  async GET() {
    return new Response(await openApiText(), { headers: { "content-type": "application/json" } });
  },
}));
