import { json } from "@/lib/web/answer.ts";
import { notFound, serviceApi } from "@/lib/web/service_api/answer.ts";
import { refreshOne } from "@/lib/web/service_api/refresh.ts";
import { define } from "@/lib/web/state.ts";

/** Polls the vendor of one service now. */
export const handlers = define.handlers(serviceApi({
  async POST(ctx) {
    const status = await refreshOne(ctx.state, ctx.params.id!);
    return status ? json(status) : notFound("Service");
  },
}));
