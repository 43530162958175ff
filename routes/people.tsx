import { page } from "fresh";
import { PeoplePage } from "@/lib/ui/access/PeoplePage.tsx";
import { AccessTabs } from "@/lib/ui/access/parts.tsx";
import { accessPage, changePeople, peopleView, runForRefusal } from "@/lib/web/access_pages.ts";
import { readForm } from "@/lib/web/form.ts";
import { define } from "@/lib/web/state.ts";
import { FormFrame } from "./(_components)/FormFrame.tsx";

export const handlers = define.handlers({
  GET: async ({ state }) => page(await accessPage(state, "people", "People", peopleView)),
  async POST({ req, state }) {
    const form = await readForm(req);
    let note = "";
    const refused = await runForRefusal(async () => note = await changePeople(state, form));
    const status = refused === null ? 200 : 422;
    return page(await accessPage(state, "people", "People", peopleView, refused ?? note), { status });
  },
});

export default define.page<typeof handlers>(function Page({ data }) {
  return (
    <FormFrame facts={data.facts} page="settings" title="People" note={data.note}>
      <AccessTabs tab={data.tab} all={data.all} />
      <PeoplePage view={data.view} />
    </FormFrame>
  );
});
