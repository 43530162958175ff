import { channelsJson } from "@/lib/formats/channels.ts";
import { ChannelChangeBody, ChannelNameBody, NewChannelBody } from "@/lib/web/alert_bodies.ts";
import { api, json } from "@/lib/web/answer.ts";
import { readJson } from "@/lib/web/body.ts";
import { addChannel, changeChannel, changeWords, removeChannel, requireChannel } from "@/lib/web/channels.ts";
import { validateBody } from "@/lib/web/validate_body.ts";
import { define } from "@/lib/web/state.ts";

/** Where alerts are sent, and the health of each channel. It accepts secrets and never returns them. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { channels } = ctx.state.services;
    return json(channelsJson(await channels.list(), channels.types()));
  },
  async POST(ctx) {
    const { services, principal } = ctx.state;
    const body = validateBody(NewChannelBody, await readJson(ctx.req));
    await addChannel(services, principal, body);
    ctx.state.done = { action: "added a channel", target: body.id };
    return json(channelsJson(await services.channels.list(), services.channels.types()));
  },
  async PUT(ctx) {
    const { services } = ctx.state;
    const { id, enabled, ...rule } = validateBody(ChannelChangeBody, await readJson(ctx.req));
    await changeChannel(services, id, rule);
    if (enabled !== undefined) await requireChannel(services.channels.setEnabled(id, enabled));
    ctx.state.done = { action: changeWords(enabled), target: id };
    return json(channelsJson(await services.channels.list(), services.channels.types()));
  },
  async DELETE(ctx) {
    const { services } = ctx.state;
    const { id } = validateBody(ChannelNameBody, await readJson(ctx.req));
    await removeChannel(services, id);
    ctx.state.done = { action: "removed a channel", target: id };
    return json({ removed: id });
  },
}));
