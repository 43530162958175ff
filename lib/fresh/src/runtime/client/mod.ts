/** The client runtime: revives islands. Only pages with islands load it. */
import { options } from "preact";
import { lockImageUrls } from "../asset.ts";

export { asset, IS_BROWSER } from "../shared.ts";
export { boot } from "./reviver.ts";

const createdBefore = options.vnode;
options.vnode = (vnode) => {
  lockImageUrls(vnode);
  createdBefore?.(vnode);
};
