import { HttpError, page } from "fresh";
import AccountPanel from "@/islands/AccountPanel.tsx";
import Live from "@/islands/Live.tsx";
import Neighbours from "@/islands/Neighbours.tsx";
import { type AccountKey, accountKey } from "@/lib/model/quota.ts";
import { type AccountView, withoutHidden } from "@/lib/model/view/view.ts";
import { plain } from "@/lib/base/text.ts";
import { AccountParts } from "@/lib/ui/account/AccountParts.tsx";
import { LateChart } from "../../(_components)/LateChart.tsx";
import { LiveFrame } from "../../(_components)/LiveFrame.tsx";
import { accountHref } from "@/lib/ui/links.ts";
import { packView } from "@/lib/ui/packed_view.ts";
import { accountTitle, quotaTitle } from "@/lib/ui/words.ts";
import { accountFacts, parseInsightsQuery, selectQuotas } from "@/lib/web/account/facts.ts";
import { setInsightHidden } from "@/lib/web/account/hide.ts";
import { readChart } from "@/lib/web/chart.ts";
import { frameFacts } from "@/lib/web/frame.ts";
import { selectVendorPages } from "@/lib/web/overview.ts";
import { readSparks } from "@/lib/web/sparks.ts";
import { define } from "@/lib/web/state.ts";

export const handlers = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const { searchParams } = ctx.url;
    const [all, providers] = await Promise.all([
      services.dashboard({ withHidden: true }),
      services.providers(),
    ]);
    const [provider, name] = parseAccountPath(ctx.url, ctx.config.basePath);
    const key = accountKey(provider, name);
    if (all.accounts.some((one) => one.key === key && one.hidden)) {
      throw new HttpError(404, `The account "${plain(key, 80)}" is hidden; the settings show it again`);
    }
    const view = withoutHidden(all);
    const account = view.accounts.find((one) => one.key === key);
    const status = providers.find(({ id }) => id === provider);
    const found = status?.accounts.find((one) => one.name === name);
    if (!account && !found) {
      throw new HttpError(404, `There is no account "${plain(key, 80)}"; the overview lists all accounts`);
    }
    const word = searchParams.get("quota");
    const selected = selectQuotas(account, word);
    const quotas = selected ?? account?.quotas ?? [];
    const [only] = word && selected?.length === 1 ? selected : [];
    const title = account
      ? accountTitle(account)
      : `${status?.name ?? provider} ${name === "default" ? "" : plain(name, 40)}`.trim();
    const facts = await frameFacts(ctx.state, only ? `${title} ${quotaTitle(only)}` : title, view);
    const keys = quotas.map((quota) => quota.key);
    const [{ chart, note }, sparks, parts] = await Promise.all([
      readChart(services, ctx.url, { zone: facts.zone, quotas: keys, range: "24h" }),
      readSparks(services, keys),
      accountFacts(services, key, quotas, {
        insights: parseInsightsQuery(searchParams.get("insights")),
        lifetime: only !== undefined,
      }),
    ]);
    const unknown = selected === null
      ? `There is no quota "${plain(word ?? "", 40)}" here; all are shown.`
      : "";
    return page({
      facts,
      view,
      account: key,
      title,
      neighbours: findNeighbours(view.accounts, key),
      quota: only ? { id: only.quota, title: quotaTitle(only) } : null,
      source: found ? `Found in ${found.source}` : "",
      pages: selectVendorPages(services, [{ provider }])[provider],
      chart,
      sparks,
      parts,
      search: ctx.url.search,
      note: [unknown, note].filter((text) => text !== "").join(" "),
    });
  },
  async POST(ctx) {
    await setInsightHidden(ctx.state.services, ctx.req);
    // Return to the form's page, so that a reload does not send it again.
    return ctx.redirect(`${ctx.url.pathname}${ctx.url.search}`, 303);
  },
});

/** The accounts before and after one, in the order of the overview; the first follows the last. */
function findNeighbours(accounts: readonly AccountView[], key: AccountKey) {
  const at = accounts.findIndex((one) => one.key === key);
  const linkTo = (place: number) => {
    const account = accounts.at(place % accounts.length);
    return at < 0 || !account || account.key === key
      ? null
      : { href: accountHref(account.key), title: accountTitle(account) };
  };
  const [previous, next] = [linkTo(at - 1), linkTo(at + 1)];
  // Of two accounts each is the other's only neighbour.
  return { previous: accounts.length > 2 ? previous : null, next };
}

/**
 * Returns provider and name from the address. The route's parameters are already decoded once, but not fully,
 * so that a name with a percent sign would be indistinguishable from an encoded one.
 */
function parseAccountPath({ pathname }: URL, basePath: string): readonly [provider: string, name: string] {
  const [, , provider = "", name = ""] = pathname.slice(basePath.length).split("/");
  try {
    return [decodeURIComponent(provider), decodeURIComponent(name)];
  } catch {
    return [provider, name];
  }
}

/** An account, or one of its quotas: figures, history, insights, cycles, sessions, polls. */
export default define.page<typeof handlers>(function Account({ data }) {
  const view = packView(data.view);
  const { facts, quota, account, sparks } = data;
  return (
    <LiveFrame
      facts={facts}
      page="account"
      title={quota ? quota.title : data.title}
      above={
        <>
          <Neighbours previous={data.neighbours.previous} next={data.neighbours.next} />
          <nav aria-label="Breadcrumb" class="text-sm text-muted">
            <a class="underline" href="/" aria-current="false">Overview</a>
            {quota && (
              <>
                {" / "}
                <a class="outside-text underline" href={accountHref(account)} aria-current="false">
                  {data.title}
                </a>
              </>
            )}
          </nav>
        </>
      }
      note={data.note}
      live={<Live view={view} zone={facts.zone} version={facts.version} title={facts.title} />}
    >
      <AccountPanel
        view={view}
        account={account}
        quota={quota?.id ?? null}
        zone={facts.zone}
        source={data.source}
        pages={data.pages}
        lifetime={data.parts.lifetime}
        sparks={sparks.levels}
        sparkSlot={sparks.slot}
      />
      <LateChart view={view} chart={data.chart} zone={facts.zone} />
      <AccountParts
        account={account}
        quota={quota?.id ?? null}
        parts={data.parts}
        zone={facts.zone}
        now={facts.at}
        search={data.search}
      />
    </LiveFrame>
  );
});
