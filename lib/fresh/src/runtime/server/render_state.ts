import type { Island, ServerIslandRegistry } from "../../context.ts";
import type { AnyVNode } from "./vnode.ts";

/** The data one render collects. Lives as long as the render and is not shared. */
export class RenderState {
  readonly nonce = crypto.randomUUID().replaceAll("-", "");
  readonly islands = new Set<Island>();
  /** Addressed by the index in the island's marker. */
  readonly islandProps: {
    readonly slots: readonly [];
    readonly props: object;
  }[] = [];
  /** Elements from `<Head>` by what makes them duplicates of each other; the last one wins. */
  readonly headElements = new Map<string, AnyVNode>();
  sawHtml = false;
  sawHead = false;
  sawBody = false;
  scriptsPlaced = false;

  constructor(
    readonly url: URL,
    readonly basePath: string,
    readonly registry: ServerIslandRegistry,
    readonly clientEntry: string,
    readonly clientBoot = "boot",
  ) {}

  get isDocument(): boolean {
    return this.sawHtml && this.sawHead && this.sawBody;
  }
}
