/** The prices of a plan over time: what a change, a removal and a day mean. */
import { type PriceHistory, withoutPrice, withPrice } from "../../lib/model/spend/price.ts";
import { assertEquals } from "../support/assert.ts";

const usd = (amount: number) => ({ amount, currency: "USD" });
const TODAY = "2026-11-20";
const OLD: PriceHistory = [{ since: null, price: usd(20) }];

Deno.test("a changed price counts from today, and the first one always", () => {
  assertEquals(withPrice([], usd(20), { since: null, today: TODAY }), OLD);
  assertEquals(withPrice(OLD, usd(100), { since: null, today: TODAY }), [...OLD, {
    since: TODAY,
    price: usd(100),
  }]);
});

Deno.test("removing a price that counts from today brings back the one before, and any other ends today", () => {
  const changed = withPrice(OLD, usd(100), { since: null, today: TODAY });
  assertEquals(withoutPrice(changed, { since: null, today: TODAY }), OLD);
  assertEquals(withoutPrice(changed, { since: null, today: "2026-11-21" }), [
    ...changed,
    { since: "2026-11-21", price: null },
  ]);
  assertEquals(withoutPrice(OLD, { since: null, today: TODAY }), []);
  // With a day, the earlier price stays until then.
  assertEquals(withoutPrice(OLD, { since: "2026-11-10", today: TODAY }), [
    ...OLD,
    { since: "2026-11-10", price: null },
  ]);
});
