/** Product names of providers, for answers that show them. */
import { PRODUCTS } from "../../providers/products.ts";
import type { Tools } from "./tools.ts";

/** Prefix of the ids of declared sources, whose names only the whole program knows. */
export const DECLARED = "custom-";

/** Returns the product name of each provider of some accounts; sets up declared sources for that. */
export async function productNames(
  tools: Tools,
  ids: Iterable<string>,
): Promise<(provider: string) => string> {
  const names = new Map(PRODUCTS.map(({ id, name }) => [id, name]));
  // The others were removed since, and keep their ids as names.
  if ([...ids].some((id) => id.startsWith(DECLARED))) {
    const { programFor } = await import("./program_for.ts");
    for (const { id, name } of programFor(tools, { quiet: true }).providers) names.set(id, name);
  }
  return (provider) => names.get(provider) ?? provider;
}
