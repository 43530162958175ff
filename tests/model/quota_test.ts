import {
  type AccountKey,
  accountKey,
  type QuotaKey,
  quotaKey,
  shareOf,
  splitAccountKey,
  splitQuotaKey,
  utilizationOf,
} from "../../lib/model/quota.ts";
import fc from "fast-check";
import { assertEquals } from "../support/assert.ts";

const id = fc.stringMatching(/^[a-z0-9]+(-[a-z0-9]+)*$/);

Deno.test("keys come apart into what they were made of", () => {
  fc.assert(fc.property(id, id, id, (provider, name, quota) => {
    const account = accountKey(provider, name);
    assertEquals(splitAccountKey(account), { provider, name });
    assertEquals(splitQuotaKey(quotaKey(account, quota)), { account, quota });
  }));
});

Deno.test("keys read provider/name/quota", () => {
  const account: AccountKey = accountKey("acme", "work");
  const quota: QuotaKey = quotaKey(account, "five-hour");
  assertEquals(account, "acme/work");
  assertEquals(quota, "acme/work/five-hour");
});

Deno.test("shareOf() is used over limit, above 1 where more was used than the limit", () => {
  assertEquals(shareOf(27, 100), 0.27);
  assertEquals(shareOf(0, 100), 0);
  assertEquals(shareOf(120, 100), 1.2);
});

Deno.test("shareOf() does not take unknown for nothing", () => {
  assertEquals(shareOf(null, 100), null);
  assertEquals(shareOf(5, null), null);
  assertEquals(shareOf(null, null), null);
});

Deno.test("shareOf() of a limit of 0 is full once anything is used, and unknown before", () => {
  assertEquals(shareOf(0, 0), null);
  assertEquals(shareOf(3, 0), 1);
});

Deno.test("utilizationOf() is the share within 0 and 1", () => {
  assertEquals(utilizationOf(27, 100), 0.27);
  assertEquals(utilizationOf(120, 100), 1);
  assertEquals(utilizationOf(-1, 100), 0);
  assertEquals(utilizationOf(null, 100), null);
  assertEquals(utilizationOf(0, 0), null);
  fc.assert(fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (used, limit) => {
    const utilization = utilizationOf(used, limit);
    return utilization === null || Number.isNaN(utilization) || (utilization >= 0 && utilization <= 1);
  }));
});
