import { page } from "fresh";
import { ChannelsPage } from "@/lib/ui/alerts/ChannelsPage.tsx";
import { changeChannels, channelNote, channelsView } from "@/lib/web/channels.ts";
import { FieldsError } from "@/lib/web/failure.ts";
import { readForm } from "@/lib/web/form.ts";
import { frameFacts } from "@/lib/web/frame.ts";
import { define } from "@/lib/web/state.ts";
import { FormFrame } from "../(_components)/FormFrame.tsx";

const TITLE = "Channels";

export const handlers = define.handlers({
  async GET({ state, url }) {
    const view = await channelsView(state, url.searchParams);
    return page({ facts: await frameFacts(state, TITLE), view, note: channelNote(url.searchParams) });
  },
  async POST(ctx) {
    const { state } = ctx;
    const form = await readForm(ctx.req);
    try {
      const done = await changeChannels(state, form);
      if ("done" in done) return ctx.redirect(`/alerts/channels?${new URLSearchParams(done)}`, 303);
      const view = await channelsView(state, new URLSearchParams());
      return page({ facts: await frameFacts(state, TITLE), view, note: done.outcome });
    } catch (error) {
      if (!(error instanceof FieldsError)) throw error;
      const problem = error.errors.map(({ message }) => message).join(". ");
      const view = await channelsView(state, new URLSearchParams(), form, problem);
      const note = view.adding === null ? `Nothing was changed. ${problem}.` : "";
      return page({ facts: await frameFacts(state, TITLE), view, note }, { status: 422 });
    }
  },
});

export default define.page<typeof handlers>(function Channels({ data }) {
  const { facts, view, note } = data;
  return (
    <FormFrame
      facts={facts}
      page="alerts"
      title={TITLE}
      note={note}
      above={
        <p class="text-sm">
          <a class="underline" href="/alerts" aria-current="false">Alerts</a>
        </p>
      }
    >
      <ChannelsPage view={view} now={facts.at} zone={facts.zone} />
    </FormFrame>
  );
});
