import { HttpError } from "fresh";
import * as v from "valibot";
import { refreshMessage } from "@/lib/formats/native_api.ts";
import { api, json } from "@/lib/web/answer.ts";
import { unknownWord } from "@/lib/web/unknown_word.ts";
import { RefreshBody } from "@/lib/web/bodies.ts";
import { readJson } from "@/lib/web/body.ts";
import { define } from "@/lib/web/state.ts";

/** Polls one account, or all, now. */
export const handlers = define.handlers(api({
  async POST(ctx) {
    const { services, refreshGate } = ctx.state;
    const sent = await readJson(ctx.req);
    const body = v.safeParse(RefreshBody, sent);
    // Valibot accepts an array as an object.
    if (!body.success || Array.isArray(sent)) {
      throw new HttpError(400, 'Cannot read the body: expected {} or {"account": "provider/name"}');
    }
    const name = body.output.account;
    const keys = (await services.dashboard()).accounts.map(({ key }) => key);
    const account = name === undefined ? undefined : keys.find((key) => key === name);
    if (name !== undefined && account === undefined) throw unknownWord("account", name, keys);

    const waitMs = refreshGate.pass(services.clock.now());
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000);
      return json({ error: `Polled a moment ago: try again in ${seconds} s` }, {
        status: 429,
        headers: { "retry-after": String(seconds) },
      });
    }
    return json(refreshMessage(await services.pollNow(account)));
  },
}));
