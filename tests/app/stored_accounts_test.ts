/** Accounts added while another process serves: found at its next discovery, not before. */
import { join } from "node:path";
import { compose } from "../../lib/app/compose.ts";
import { createRedactor } from "../../lib/base/redact.ts";
import { Secret } from "../../lib/provider/context.ts";
import { readConfig } from "../../lib/config/config.ts";
import type { Provider } from "../../lib/provider/contract.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { DocKind, Store } from "../../lib/store/store.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { createTestEnvironment } from "../support/test_sandbox.ts";
import { createMemoryLog, fakeProvider, NOW, reading } from "../poll/support.ts";
import { withFolder } from "../store/folder.ts";

/** Acme, which recognizes whose key is sent. */
function acme(sent: string[], fields: Partial<Provider> = {}): Provider {
  return {
    ...fakeProvider(),
    settings: [{ name: "ACME_API_KEY", secret: true, help: "the key" }],
    accounts(ask) {
      const found = ask.find("ACME_API_KEY");
      const secret = found && new Secret(found.value);
      return Promise.resolve(found && secret ? [{ name: "default", source: found.source, secret }] : []);
    },
    read(_, account) {
      sent.push(account.secret.reveal());
      return Promise.resolve({ readings: [reading(10)] });
    },
    ...fields,
  };
}

interface Process extends AsyncDisposable {
  readonly composed: ReturnType<typeof compose>;
  readonly store: Store;
  readonly redact: (text: string) => string;
}

async function processOn(
  folder: string,
  provider: Provider,
  env: Readonly<Record<string, string>> = {},
): Promise<Process> {
  const environment = createTestEnvironment(env);
  const providers = [provider];
  const { config } = readConfig({ environment, providers, home: folder, cwd: folder, systemTimezone: "UTC" });
  const dbPath = join(folder, "syntrack.db");
  const store = await openSqliteStore(dbPath);
  const redactor = createRedactor();
  const composed = compose({
    config: { ...config, dbPath },
    environment,
    providers,
    clock: new FakeClock(NOW),
    log: createMemoryLog(),
    redactor,
    store,
  });
  return {
    composed,
    store,
    redact: redactor.redact,
    async [Symbol.asyncDispose]() {
      await composed.stop();
      await store[Symbol.asyncDispose]();
    },
  };
}

const ADDED = { provider: "acme", name: "work", values: { ACME_API_KEY: "acme-key-of-work" } };

Deno.test("an account added by another process is polled from the next discovery on, and its key is masked", () =>
  withFolder(async (folder) => {
    const sent: string[] = [];
    await using serving = await processOn(folder, acme(sent));
    await using adding = await processOn(folder, acme([]));
    const { scheduler } = serving.composed;
    assertEquals((await scheduler.pollNow()).length, 0);
    await adding.composed.accounts.add(ADDED);
    assertEquals((await scheduler.pollNow()).map(({ account, kind }) => [account, kind]), [[
      "acme/work",
      "ok",
    ]]);
    assertEquals(sent, ["acme-key-of-work"]);
    assertEquals(serving.redact("acme-key-of-work"), "[hidden]");

    await adding.composed.accounts.rotateKey();
    await adding.composed.accounts.remove("acme/work");
    assertEquals((await scheduler.pollNow()).length, 0);
  }));

Deno.test("an account added beside one from the environment takes nothing from it", () =>
  withFolder(async (folder) => {
    const sent: string[] = [];
    await using own = await processOn(folder, acme(sent), { ACME_API_KEY: "acme-key-of-env" });
    await own.composed.accounts.add(ADDED);
    await own.composed.scheduler.pollNow();
    assertEquals(sent.sort(), ["acme-key-of-env", "acme-key-of-work"]);
  }));

Deno.test("an added account enables an opt-in provider for itself, and not for other accounts", () =>
  withFolder(async (folder) => {
    const sent: string[] = [];
    const env = { ACME_API_KEY: "acme-key-of-env", SYNTRACK_ACME_ENABLED: "0" };
    await using off = await processOn(folder, acme(sent), env);
    await off.composed.accounts.add(ADDED);
    await off.composed.scheduler.pollNow();
    assertEquals(sent, [], "A provider that was turned off stays off");

    const provider = acme(sent, { optIn: "It may end your login." });
    await using asked = await processOn(folder, provider);
    await asked.composed.scheduler.pollNow();
    assertEquals(sent, ["acme-key-of-work"]);
  }));

Deno.test("an account renamed during a poll has one history", () =>
  withFolder(async (folder) => {
    let answer: (() => void) | undefined;
    const begun = Promise.withResolvers<void>();
    const slow = acme([], {
      read: () =>
        new Promise((resolve) => {
          answer = () => resolve({ readings: [reading(10)] });
          begun.resolve();
        }),
    });
    await using own = await processOn(folder, slow);
    const { accounts, scheduler } = own.composed;
    await accounts.add(ADDED);
    const polling = scheduler.pollNow();
    await begun.promise;
    const renaming = accounts.rename("acme/work", "office");
    answer?.();
    await Promise.all([polling, renaming]);
    assertEquals((await accounts.list()).map(({ key, outcome }) => [key, outcome?.kind]), [[
      "acme/office",
      "ok",
    ]]);
  }));

Deno.test("if two processes add an account of one name at once, one of them is rejected", () =>
  withFolder(async (folder) => {
    await using one = await processOn(folder, acme([]));
    await using two = await processOn(folder, acme([]));
    const ended = await Promise.allSettled([one, two].map(({ composed }) => composed.accounts.add(ADDED)));
    assertEquals(ended.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const error = await assertRejects(() => one.composed.accounts.add(ADDED));
    assert(String(error).includes("already"), String(error));
  }));

/** Runs `meddle` once, after a document of the kind was read for a change. */
function afterRead(
  how: "get" | "list",
  { docs }: Store,
  kind: DocKind,
  meddle: () => Promise<unknown>,
): void {
  const { get, list } = docs;
  let isDone = false;
  const meddled = async <T>(of: DocKind, reading: Promise<T>): Promise<T> => {
    const found = await reading;
    if (of !== kind || isDone) return found;
    isDone = true;
    await meddle();
    return found;
  };
  // A change reads the stored document, never a cached one.
  Object.assign(docs, {
    get: (...args: Parameters<typeof get>) =>
      how === "get" && args[3]?.fresh ? meddled(args[0], get.apply(docs, args)) : get.apply(docs, args),
    list: (...args: Parameters<typeof list>) =>
      how === "list" ? meddled(args[0], list.apply(docs, args)) : list.apply(docs, args),
  });
}

Deno.test("renaming an account loses nothing that others change meanwhile: rules, snoozes, notes and values", () =>
  withFolder(async (folder) => {
    await using one = await processOn(folder, acme([]));
    await using two = await processOn(folder, acme([]));
    const { accounts } = one.composed;
    await accounts.add(ADDED);
    const put = (kind: DocKind, id: string, doc: object) => two.store.docs.put(kind, id, doc, NOW);
    const rules = (thresholds: readonly number[], off: readonly string[]) => ({
      thresholds,
      only: { "acme/work": { off } },
    });
    await put("settings", "alert-rules", rules([0.8], []));
    await put("settings", "alert-snoozes", []);
    await put("notes", "n", { at: NOW, text: "before", account: "acme/work", writtenAt: NOW });
    afterRead("get", one.store, "settings", async () => {
      await put("settings", "alert-rules", rules([0.9], ["runs-out"]));
      await put("settings", "alert-snoozes", [{ target: "acme/work", until: NOW + 1 }]);
      await put("notes", "n", { at: NOW, text: "after", account: "acme/work", writtenAt: NOW });
      await two.composed.accounts.setValues("acme/work", { ACME_API_KEY: "acme-key-entered-meanwhile" });
    });
    await accounts.rename("acme/work", "office");
    const get = (kind: DocKind, id: string) => two.store.docs.get(kind, id, NOW);
    assertEquals(await get("settings", "alert-rules"), {
      thresholds: [0.9],
      only: { "acme/office": { off: ["runs-out"] } },
    });
    assertEquals(await get("settings", "alert-snoozes"), [{ target: "acme/office", until: NOW + 1 }]);
    assertEquals(await get("notes", "n"), { at: NOW, text: "after", account: "acme/office", writtenAt: NOW });
    assertEquals(await two.store.docs.list("accounts", NOW).then((all) => all.map(({ id }) => id)), [
      "acme/office",
    ]);
    const sent: string[] = [];
    await using three = await processOn(folder, acme(sent));
    await three.composed.scheduler.pollNow();
    assertEquals(sent, ["acme-key-entered-meanwhile"]);
  }));

Deno.test("a new key of the vault restores no account that was removed meanwhile", () =>
  withFolder(async (folder) => {
    const sent: string[] = [];
    await using one = await processOn(folder, acme([]));
    await using two = await processOn(folder, acme(sent));
    await one.composed.accounts.add(ADDED);
    await one.composed.accounts.add({ ...ADDED, name: "other" });
    afterRead("list", one.store, "accounts", () => two.composed.accounts.remove("acme/other"));
    await one.composed.accounts.rotateKey();
    assertEquals((await two.store.docs.list("accounts", NOW)).map(({ id }) => id), ["acme/work"]);
    await two.composed.scheduler.pollNow();
    assertEquals(sent, ["acme-key-of-work"]);
  }));

Deno.test("of two processes that set different values of an account at once, neither loses its own", () =>
  withFolder(async (folder) => {
    const settings = ["ACME_API_KEY", "ACME_TEAM"].map((name) => ({
      name,
      secret: name === "ACME_API_KEY",
      help: "",
    }));
    const seen: (string | undefined)[] = [];
    const provider = acme([], {
      settings,
      accounts: (ask) => {
        seen.push(`${ask.find("ACME_API_KEY")?.value} ${ask.find("ACME_TEAM")?.value}`);
        return Promise.resolve([]);
      },
    });
    await using one = await processOn(folder, provider);
    await using two = await processOn(folder, provider);
    await one.composed.accounts.add(ADDED);
    afterRead(
      "get",
      one.store,
      "accounts",
      () => two.composed.accounts.setValues("acme/work", { ACME_API_KEY: "acme-second-key" }),
    );
    await one.composed.accounts.setValues("acme/work", { ACME_TEAM: "blue" });
    assertEquals(seen.at(-1), "acme-second-key blue");
  }));
