import fc from "fast-check";
import { amountText, barFill, otherText, pickHeadline, shareText } from "../../lib/ui/amounts.ts";
import { displayUnit, formatRate } from "../../lib/model/view/format.ts";
import type { QuotaView } from "../../lib/model/view/view.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { quotaViewOf } from "../support/views.ts";

const DISPLAYS = ["used", "left"] as const;

Deno.test("a card leads with the used or the remaining share, and says which", () => {
  const quota = quotaViewOf({ used: 161.2, limit: 270, remaining: 108.8 });
  assertEquals(pickHeadline(quota, "used"), { figure: "60%", word: "used" });
  assertEquals(pickHeadline(quota, "left"), { figure: "40%", word: "left" });
  assertEquals(amountText(quota, "used"), "161.2 of 270 requests used");
  assertEquals(amountText(quota, "left"), "108.8 of 270 requests left");
  assertEquals(otherText(quota, "used"), "108.8 left");
  assertEquals(otherText(quota, "left"), "161.2 used");
});

Deno.test("a quota over its limit is shown as over, in both displays", () => {
  const quota = quotaViewOf({ used: 130, limit: 100, remaining: -30 });
  assertEquals(pickHeadline(quota, "used"), { figure: "130%", word: "used" });
  assertEquals(pickHeadline(quota, "left"), { figure: "30%", word: "over" });
  assertEquals(otherText(quota, "used"), "30 over");
  assertEquals(barFill(quota, "left"), 0);
});

Deno.test("after exactly one the unit is singular", () => {
  const figures = (quota: QuotaView) => DISPLAYS.map((display) => pickHeadline(quota, display));
  const unlimited = quotaViewOf({ used: 1, limit: null, remaining: null });
  assertEquals(figures(unlimited), [{ figure: "1", word: "request used" }, {
    figure: "1",
    word: "request used",
  }]);
  assertEquals(amountText(unlimited, "used"), "1 request used");
  const left = quotaViewOf({ used: null, limit: null, remaining: 1, unit: "credits" });
  assertEquals(pickHeadline(left, "left"), { figure: "1", word: "credit left" });
  // The word belongs to the figure before it.
  assertEquals(amountText(quotaViewOf({ used: 1, limit: 5, remaining: 4 }), "used"), "1 of 5 requests used");
  assertEquals(amountText(quotaViewOf({ used: 0, limit: 1, remaining: 1 }), "left"), "1 of 1 request left");
});

Deno.test("an amount of money names its currency wherever it stands", () => {
  const yuan = { unit: "credits", currency: "CNY" } as const;
  const balance = quotaViewOf({ ...yuan, used: null, limit: null, remaining: 4.9 });
  assertEquals(pickHeadline(balance, "used"), { figure: "4.90 CNY", word: "left" });
  assertEquals(pickHeadline({ ...balance, remaining: -1234.5 }, "used"), {
    figure: "1,234.50 CNY",
    word: "over",
  });
  const month = quotaViewOf({ ...yuan, used: 1, limit: 5, remaining: 4 });
  assertEquals(amountText(month, "used"), "1.00 CNY of 5.00 CNY used");
  assertEquals(otherText(month, "used"), "4.00 CNY left");
  assertEquals(formatRate(0.00123, displayUnit(yuan)), "0.0012 CNY/h");
  // A vendor's own credits are no money.
  assertEquals(
    pickHeadline(quotaViewOf({ unit: "credits", used: null, limit: null, remaining: 4.9 }), "used"),
    {
      figure: "4.9",
      word: "credits left",
    },
  );
});

Deno.test("unknown values are shown as unknown, never as zero", () => {
  const quota = quotaViewOf({ used: null, limit: null, remaining: null });
  for (const display of DISPLAYS) {
    assertEquals(pickHeadline(quota, display), { figure: "unknown", word: "" });
    assertEquals(barFill(quota, display), null);
    assertEquals(shareText(null, display), "unknown");
  }
});

Deno.test("both displays always agree", () => {
  fc.assert(fc.property(
    fc.double({ min: 0, max: 1e6, noNaN: true }),
    fc.double({ min: 0.01, max: 1e6, noNaN: true }),
    (used, limit) => {
      const quota: QuotaView = quotaViewOf({ used, limit, remaining: limit - used });
      assert(Math.abs(barFill(quota, "used")! + barFill(quota, "left")! - 1) < 1e-9);
      for (const display of DISPLAYS) {
        assertMatch(shareText(quota.share, display), / (used|left|over)$/);
        assertMatch(amountText(quota, display), / (used|left)$/);
      }
    },
  ));
});
