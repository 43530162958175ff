import { page } from "fresh";
import OfflineSnapshot from "@/islands/OfflineSnapshot.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { Frame } from "@/lib/ui/Frame.tsx";
import { frameFacts } from "@/lib/web/frame.ts";
import { define } from "@/lib/web/state.ts";

export const handlers = define.handlers({
  async GET(ctx) {
    const facts = await frameFacts(ctx.state, "Offline");
    // It is kept for later, when no figure of now may stand in its title.
    ctx.state.title = "Offline - Syntrack";
    delete ctx.state.icon;
    return page({ facts });
  },
});

/** What the service worker shows where the server cannot be reached. */
export default define.page<typeof handlers>(function Offline({ data }) {
  return (
    <Frame facts={data.facts} place="help" title="Disconnected" tools={<ThemeToggle />}>
      <noscript>
        <p class="notice mt-4">Without JavaScript nothing is kept for when the server is away.</p>
      </noscript>
      <OfflineSnapshot />
    </Frame>
  );
});
