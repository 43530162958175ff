import { page } from "fresh";
import { MePage } from "@/lib/ui/access/MePage.tsx";
import { AccessTabs } from "@/lib/ui/access/parts.tsx";
import { accessPage, changeMe, meView, refusedBy } from "@/lib/web/access_pages.ts";
import { readForm } from "@/lib/web/form.ts";
import { define } from "@/lib/web/state.ts";
import { FormFrame } from "./(_components)/FormFrame.tsx";

export const handlers = define.handlers({
  GET: async ({ state }) => page(await accessPage(state, "me", "Your account", meView)),
  async POST({ req, state }) {
    const form = await readForm(req);
    let note = "";
    const refused = await refusedBy(async () => note = await changeMe(state, form));
    const status = refused === null ? 200 : 422;
    return page(await accessPage(state, "me", "Your account", meView, refused ?? note), { status });
  },
});

export default define.page<typeof handlers>(function Page({ data }) {
  return (
    <FormFrame facts={data.facts} place="settings" title="Your account" note={data.note}>
      <AccessTabs tab={data.tab} all={data.all} />
      <MePage view={data.view} />
    </FormFrame>
  );
});
