import { page } from "fresh";
import { MePage } from "@/lib/ui/access/MePage.tsx";
import { AccessTabs } from "@/lib/ui/access/parts.tsx";
import PasskeyAdd from "@/islands/PasskeyAdd.tsx";
import { accessPage, runForRefusal } from "@/lib/web/access_pages.ts";
import { readForm } from "@/lib/web/form.ts";
import { changeMe, meView } from "@/lib/web/me_page.ts";
import { type ChangedFeeds, changeFeeds } from "@/lib/web/my_feeds.ts";
import { define } from "@/lib/web/state.ts";
import { FormFrame } from "./(_components)/FormFrame.tsx";

export const handlers = define.handlers({
  GET: async (ctx) => page(await accessPage(ctx.state, "me", "Your account", meView(ctx))),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    let done: ChangedFeeds = { note: "", created: null };
    const refused = await runForRefusal(async () => {
      done = await changeFeeds(ctx, form) ?? { note: await changeMe(ctx, form), created: null };
    });
    const status = refused === null ? 200 : 422;
    const view = meView(ctx, done.created);
    const data = await accessPage(ctx.state, "me", "Your account", view, refused ?? done.note);
    return page(data, { status });
  },
});

export default define.page<typeof handlers>(function Page({ data }) {
  return (
    <FormFrame facts={data.facts} page="settings" title="Your account" note={data.note}>
      <AccessTabs tab={data.tab} all={data.all} />
      <MePage view={data.view} addPasskey={<PasskeyAdd />} />
    </FormFrame>
  );
});
