/** Generates a module with each provider's names and pools, for commands that load no provider. */
import { providers } from "../providers/mod.ts";

export const PRODUCTS_FILE = new URL("../providers/products.ts", import.meta.url);

export function productsModule(): string {
  const rows = providers.map(({ id, name, aliases = [], pools = [] }) =>
    `  ${JSON.stringify({ id, name, aliases, pools })},`
  );
  return `/** Names and pools by provider. Made by dev/provider_docs.ts of what each provider declares. */
import type { Pool } from "../lib/model/history/counting.ts";

export interface Product {
  /** Id of the provider. */
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly pools: readonly Pool[];
}

/** In registry order. */
// deno-fmt-ignore
export const PRODUCTS: readonly Product[] = [
${rows.join("\n")}
];
`;
}
