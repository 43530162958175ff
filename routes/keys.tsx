import { page } from "fresh";
import { KeysPage } from "@/lib/ui/access/KeysPage.tsx";
import { AccessTabs } from "@/lib/ui/access/parts.tsx";
import { accessPage, type ChangedKeys, changeKeys, keysView, runForRefusal } from "@/lib/web/access_pages.ts";
import { readForm } from "@/lib/web/form.ts";
import { define } from "@/lib/web/state.ts";
import { FormFrame } from "./(_components)/FormFrame.tsx";

export const handlers = define.handlers({
  GET: async ({ state }) => page(await accessPage(state, "keys", "Keys", keysView(null))),
  async POST({ req, state }) {
    const form = await readForm(req);
    let done: ChangedKeys = { note: "", created: null };
    const refused = await runForRefusal(async () => done = await changeKeys(state, form));
    const status = refused === null ? 200 : 422;
    return page(await accessPage(state, "keys", "Keys", keysView(done.created), refused ?? done.note), {
      status,
    });
  },
});

export default define.page<typeof handlers>(function Page({ data }) {
  return (
    <FormFrame facts={data.facts} page="settings" title="Keys" note={data.note}>
      <AccessTabs tab={data.tab} all={data.all} />
      <KeysPage view={data.view} />
    </FormFrame>
  );
});
