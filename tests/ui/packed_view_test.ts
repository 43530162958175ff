/** The view in the page: nothing is lost, and little is repeated. */
import fc from "fast-check";
import type { DashboardView } from "../../lib/model/view/view.ts";
import { signal } from "@preact/signals";
import { liveView, packView, type PageView, unpackView, waitForWhole } from "../../lib/ui/packed_view.ts";
import { parse } from "../../lib/fresh/src/jsonify/parse.ts";
import { stringify } from "../../lib/fresh/src/jsonify/stringify.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { accountViewOf, forecastOf, quotaViewOf, viewOf } from "../support/views.ts";

/** As transmitted: the other side has no memory of it. */
function travelled(view: object): unknown {
  return unpackView(parse(stringify(packView(view as DashboardView))));
}

Deno.test("a packed view is restored unchanged, whatever it contains", () => {
  const names = fc.oneof(fc.constantFrom("a", "b", "a b", "", "__proto__", "0"), fc.string());
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.string(), fc.constantFrom("'", '"', "</script>", "\\")),
      fc.oneof(
        fc.constantFrom(null, 0, 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1e300, -1e-300),
        fc.maxSafeInteger(),
        fc.integer({ min: -999_999, max: 999_999 }).map((millionths) => millionths / 1e6),
        fc.boolean(),
      ),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(names, tie("tree"), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(fc.record({ accounts: fc.array(tree), trouble: tree }, { noNullPrototype: true }), (view) => {
      assertEquals(travelled(view), view);
    }),
  );
});

Deno.test("fractions are restored to nine digits, and money to the cent", () => {
  assertEquals(travelled({ accounts: [2 / 3, -1 / 7e6, 1234567.89, 0.1 + 0.2] }), {
    accounts: [0.666666667, -1.42857143e-7, 1234567.89, 0.3],
  });
});

Deno.test("sixty quotas take less than a quarter of the size of their objects", () => {
  const accounts = Array.from({ length: 15 }, (_, at) =>
    accountViewOf(
      Array.from({ length: 4 }, (_, own) => {
        const used = at * 6.13 + own * 1.7;
        return quotaViewOf({
          key: `acme/a${at}/q${own}`,
          quota: `q${own}`,
          used,
          share: used / 100,
          utilization: used / 100,
          forecast: forecastOf({ projectedUsed: used * 1.03 }),
        });
      }),
      { key: `acme/a${at}`, name: `a${at}` },
    ));
  const view = viewOf(accounts);
  const [packed, plain] = [packView(view), view].map((one) => stringify(one).length);
  assert(packed! < plain! / 4, `${packed} of ${plain} characters`);
});

Deno.test("the islands of a page share one view, and the packing side gets its own back", () => {
  const view = viewOf([]);
  const packed = packView(view);
  assert(unpackView(packed) === view);
  assert(liveView(packed) === liveView(packed));
  assert(liveView(packed) !== liveView(packView(view)), "two pages have nothing in common");
});

Deno.test("the page of a fleet carries the tightest and the newest account, whatever their number, and counts as a part", () => {
  const account = (number: number, used: number, at: number) =>
    accountViewOf([quotaViewOf({ key: `acme/${number}/main`, used })], {
      key: `acme/${number}`,
      name: String(number),
      at,
    });
  const fleet = (count: number) =>
    viewOf(
      Array.from({ length: count }, (_, number) =>
        account(number, number === 3 ? 99 : 20, number === 5 ? 2000 : 1000)),
    );
  const arrived = travelled(fleet(61)) as PageView;
  assertEquals([arrived.part, ...arrived.accounts.map(({ key }) => key)], [true, "acme/3", "acme/5"]);
  assertEquals(arrived.settings, fleet(61).settings);
  assertEquals(packView(fleet(500)).text.length, packView(fleet(61)).text.length);
  assertEquals(travelled(fleet(60)), fleet(60));
});

Deno.test("a page waits for all accounts only if it has a part of them", async () => {
  const live = signal<PageView>({ ...viewOf([]), part: true });
  let known = false;
  const waiting = waitForWhole(live).then(() => known = true);
  await Promise.resolve();
  assertEquals(known, false);
  live.value = viewOf([]);
  await waiting;
  await waitForWhole(signal(viewOf([])));
});
