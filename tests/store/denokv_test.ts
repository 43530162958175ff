/** The whole contract of a store on a real `denokv` server, where one is installed. */
import { openKvStore } from "../../lib/store/kv/open.ts";
import type { Store } from "../../lib/store/store.ts";
import { storeConformance } from "../store_conformance.ts";
import { isDenokvInstalled, startDenokv } from "../support/denokv.ts";

/** A store on a server of its own, which ends with the store. */
async function openOnServer(): Promise<Store> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-test-" });
  const server = await startDenokv(folder);
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
}

if (await isDenokvInstalled()) storeConformance("a denokv server", openOnServer);
else {
  Deno.test({
    name: "a denokv server fulfils the contract of a store (skipped: denokv is not installed)",
    ignore: true,
    fn: () => {},
  });
}
