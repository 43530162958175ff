/** The whole contract of a store on a real `denokv` server, where one is installed. */
import { openKvStore } from "../../lib/store/kv/open.ts";
import type { Store } from "../../lib/store/store.ts";
import { storeConformance } from "../store_conformance.ts";
import { isDenokvInstalled, startDenokv } from "../support/denokv.ts";

const TOKEN = "DENO_KV_ACCESS_TOKEN";

/** A store on a server of its own, which ends with the store. */
async function openOnServer(): Promise<Store> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-test-" });
  const server = await startDenokv(folder);
  const before = Deno.env.get(TOKEN);
  // The runtime reads the token when it opens a database.
  Deno.env.set(TOKEN, server.token);
  try {
    const store = await openKvStore(server.name);
    const close = store[Symbol.asyncDispose].bind(store);
    let ended: Promise<void> | null = null;
    const end = async () => {
      await server[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    };
    return Object.assign(store, {
      async [Symbol.asyncDispose]() {
        await close();
        ended ??= end();
        await ended;
      },
    });
  } finally {
    if (before === undefined) Deno.env.delete(TOKEN);
    else Deno.env.set(TOKEN, before);
  }
}

if (await isDenokvInstalled()) storeConformance("a denokv server", openOnServer);
else {
  Deno.test({
    name: "a denokv server fulfils the contract of a store (skipped: denokv is not installed)",
    ignore: true,
    fn: () => {},
  });
}
