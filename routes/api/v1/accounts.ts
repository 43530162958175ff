import { accountsJson } from "@/lib/formats/accounts.ts";
import { accountNow, changeAccounts, requireAccount } from "@/lib/web/accounts.ts";
import { api, json } from "@/lib/web/answer.ts";
import { AccountChangeBody, AccountRemovalBody, NewAccountBody } from "@/lib/web/bodies.ts";
import { readJson } from "@/lib/web/body.ts";
import { validateBody } from "@/lib/web/validate_body.ts";
import { define } from "@/lib/web/state.ts";

/** The accounts. It accepts secrets and never returns them. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { accounts, clock } = ctx.state.services;
    return json({
      ...accountsJson(await accounts.list(), clock.now()),
      providers: accounts.choices().map(({ id, name, settings }) => ({
        id,
        name,
        settings: settings.map((one) => ({ name: one.name, secret: one.secret, help: one.help })),
      })),
    });
  },
  async POST(ctx) {
    const { services } = ctx.state;
    const wanted = validateBody(NewAccountBody, await readJson(ctx.req));
    const key = await changeAccounts(() => services.accounts.add(wanted));
    ctx.state.done = { target: key };
    return json(await accountNow(services, key));
  },
  async PUT(ctx) {
    const { services } = ctx.state;
    const { account, name, polling, hidden } = validateBody(AccountChangeBody, await readJson(ctx.req));
    let key = await requireAccount(services, account);
    if (name !== undefined) key = await changeAccounts(() => services.accounts.rename(key, name));
    if (polling !== undefined) await changeAccounts(() => services.accounts.setPolling(key, polling));
    if (hidden !== undefined) await changeAccounts(() => services.accounts.setHidden(key, hidden));
    ctx.state.done = { target: key };
    return json(await accountNow(services, key));
  },
  async DELETE(ctx) {
    const { services } = ctx.state;
    const { account, purge = false } = validateBody(AccountRemovalBody, await readJson(ctx.req));
    const key = await requireAccount(services, account);
    await changeAccounts(() => services.accounts.remove(key, { purge }));
    ctx.state.done = { target: key, detail: { purge } };
    return json({ removed: key, purged: purge });
  },
}));
