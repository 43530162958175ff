/** For generated code only (`_fresh/server.js`, `_fresh/snapshot.js`). */
import { joinPath } from "./paths.ts";

export { setBuildCache } from "./app.ts";
export { IslandPreparer, ProdBuildCache } from "./build_cache.ts";
export { ASSET_CACHE_BUST_KEY } from "./runtime/build_id.ts";
export const path = { join: joinPath };
