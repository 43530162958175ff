/** Names in messages and lists. */
import { quotaName } from "../../lib/model/alerts/message.ts";
import { fullTitle, listTitle } from "../../lib/ui/words.ts";
import { assertEquals } from "../support/assert.ts";
import { accountViewOf, quotaViewOf } from "../support/views.ts";

Deno.test("a vendor's name that its quotas begin with is said once, in messages and in lists", () => {
  const quota = quotaViewOf({ label: "Amp Free" });
  const amp = { provider: "amp", providerName: "Amp" };
  const named = (fields: object) => {
    const account = accountViewOf([quota], { ...amp, ...fields });
    return [quotaName(account, quota), listTitle(account, quota), fullTitle(account, quota)];
  };
  assertEquals(named({ name: "default" }), ["Amp Free", "Amp: Free", "Amp Free"]);
  assertEquals(named({ name: "work" }), ["Amp (work) Free", "Amp work: Free", "Amp work Free"]);
  // Nothing of a name that people chose stands for the vendor.
  assertEquals(named({ label: "Robin" }), ["Robin Amp Free", "Robin: Amp Free", "Robin Amp Free"]);
  const other = quotaViewOf({ label: "Ampere hours" });
  assertEquals(quotaName(accountViewOf([other], { ...amp, name: "default" }), other), "Amp Ampere hours");
});
