/** The stylesheet of the overview: the full one without rules its markup cannot use. */
import { buildStylesheets } from "../dev/styles.ts";
import { usedRules } from "../dev/used_rules.ts";
import { assert, assertEquals } from "./support/assert.ts";

const CSS = '*{margin:0}.a{x:"}.b{"}.a .b,.c{y:1}@media (min-width:1px){.b{z:2}@supports (a:b){.a{w:3}}}' +
  "@keyframes k{from{x:0}}:is(.b,.a)::before{v:4}[data-x='.b'] a{u:5}.sm\\:p-1\\.5{t:6}.a:not(.b){s:7}";

Deno.test("rules with unused classes are removed, with their media queries", () => {
  assertEquals(usedRules(CSS, () => true), CSS);
  assertEquals(
    usedRules(CSS, (name) => name === "a" || name === "<a"),
    '*{margin:0}.a{x:"}.b{"}@media (min-width:1px){@supports (a:b){.a{w:3}}}@keyframes k{from{x:0}}' +
      ":is(.b,.a)::before{v:4}[data-x='.b'] a{u:5}.a:not(.b){s:7}",
  );
  assertEquals(
    usedRules(".a .b,.c{y:1}.sm\\:p-1\\.5{t:6}", (name) => name === "c" || name === "sm:p-1.5"),
    ".c{y:1}.sm\\:p-1\\.5{t:6}",
  );
});

Deno.test("rules for elements that are not used are removed, whatever their classes", () => {
  const css = ":root{x:1}ul,ol,dl>dd{y:1}ul.a:hover,a.ol::before{z:1}ol:not(ul){u:1}[type=ul]{v:1}";
  assertEquals(
    usedRules(css, (name) => name !== "<ol" && name !== "<dd"),
    ":root{x:1}ul{y:1}ul.a:hover,a.ol::before{z:1}[type=ul]{v:1}",
  );
});

Deno.test("the overview's stylesheet has what its markup needs, in the same order, and is smaller", async () => {
  const { "styles.css": whole = "", "overview.css": own = "" } = await buildStylesheets();
  const rulesOf = (css: string) => css.split("}");
  const order = rulesOf(whole);
  let at = -1;
  for (const rule of rulesOf(own)) {
    const next = order.findIndex((one, i) => i > at && one.endsWith(rule.slice(rule.lastIndexOf("{") + 1)));
    assert(next > at, rule);
    at = next;
  }
  for (
    const name of [
      "quota-card",
      "series-3",
      "chart-grid",
      "horizon-lane",
      "fill-status-critical",
      "bell-count",
    ]
  ) {
    assert(own.includes(`.${name}`), name);
  }
  for (
    const name of [
      "palette-entry",
      "filter-form",
      "api-answer",
      "group-row",
      "data-table",
      "heat-3",
      "chart-tip",
    ]
  ) {
    assert(!own.includes(`.${name}`), name);
    assert(whole.includes(`.${name}`), name);
  }
  // Neither are elements that only other pages have.
  assert(!/(?:^|[{},])(?:dialog|kbd)\b/.test(own) && /(?:^|[{},])kbd\{/.test(whole));
  assert(own.length < 0.8 * whole.length, `${own.length} of ${whole.length}`);
});
