/** Polls of a vendor at chosen instants through the whole program, for tests of what commands say afterwards. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { baseUrlVariables, enabledVariable } from "../../lib/provider/contract.ts";
import { providers } from "../../providers/mod.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { utc } from "../support/readings.ts";
import { startVendor } from "../support/vendor.ts";
import { type Ran, withCliHome } from "./support.ts";

/** Says what the vendor answers to a path at an instant. */
export type Vendor = (path: string, at: number) => unknown;

/** Runs a command, a minute after the last poll or later. */
export type RunLater = (args: string, laterMs?: number) => Promise<Ran>;

/**
 * Collects at each instant from a vendor on the loopback address.
 *
 * @param options of `collect`
 */
export async function runCollects(
  id: string,
  settings: Readonly<Record<string, string>>,
  instants: readonly string[],
  answer: Vendor,
  then: (run: RunLater) => Promise<void>,
  options = "",
): Promise<void> {
  const provider = providers.find((one) => one.id === id);
  assert(provider);
  await withCliHome(async (place) => {
    let at = 0;
    await using vendor = startVendor(({ path }) => {
      const body = answer(path, at);
      return body instanceof Response
        ? body
        : Response.json(body ?? {}, { status: body === null ? 404 : 200 });
    });
    const env = {
      ...settings,
      [baseUrlVariables(provider)[0] ?? ""]: vendor.origin,
      [enabledVariable(id)]: "true",
    };
    for (const instant of instants) {
      at = utc(instant);
      const ran = await place.run(`collect --provider ${id} ${options}`, {
        env,
        clock: createFixedClock(at),
      });
      assertEquals(ran.code, 0, ran.stderr);
    }
    await then((args, laterMs = 60_000) => place.run(args, { env, clock: createFixedClock(at + laterMs) }));
  });
}
