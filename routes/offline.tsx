import { page } from "fresh";
import OfflineSnapshot from "@/islands/OfflineSnapshot.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { Frame } from "@/lib/ui/Frame.tsx";
import { frameFacts } from "@/lib/web/frame.ts";
import { define } from "@/lib/web/state.ts";

export const handlers = define.handlers({
  async GET(ctx) {
    const facts = await frameFacts(ctx.state, "Offline");
    // The page is stored for later, so its title must not contain a present figure.
    ctx.state.title = "Offline - Syntrack";
    delete ctx.state.icon;
    return page({ facts });
  },
});

/** The page the service worker shows when the server is unreachable. */
export default define.page<typeof handlers>(function Offline({ data }) {
  return (
    <Frame facts={data.facts} page="help" title="Disconnected" tools={<ThemeToggle />}>
      <noscript>
        <p class="notice mt-4">Without JavaScript nothing is saved for when the server is unreachable.</p>
      </noscript>
      <OfflineSnapshot />
    </Frame>
  );
});
