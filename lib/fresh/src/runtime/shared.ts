/** What islands and server code may both import (`fresh/runtime`). */
export { HttpError } from "../error.ts";
export { asset, assetSrcSet } from "./asset.ts";
export { Head, type HeadProps } from "./head.ts";

/** True in the browser, false on the server. */
export const IS_BROWSER = typeof document !== "undefined";
