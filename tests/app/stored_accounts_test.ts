/** Accounts added while another process serves: found at its next discovery, not before. */
import { join } from "node:path";
import { compose } from "../../lib/app/compose.ts";
import { createRedactor } from "../../lib/base/redact.ts";
import { Secret } from "../../lib/provider/context.ts";
import { readConfig } from "../../lib/config/config.ts";
import type { Provider } from "../../lib/provider/contract.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { environmentOf } from "../support/world.ts";
import { fakeProvider, memoryLog, NOW, reading } from "../poll/support.ts";
import { inFolder } from "../store/folder.ts";

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
  readonly redact: (text: string) => string;
}

async function processOn(
  folder: string,
  provider: Provider,
  env: Readonly<Record<string, string>> = {},
): Promise<Process> {
  const environment = environmentOf(env);
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
    log: memoryLog(),
    redactor,
    store,
  });
  return {
    composed,
    redact: redactor.redact,
    async [Symbol.asyncDispose]() {
      await composed.stop();
      await store[Symbol.asyncDispose]();
    },
  };
}

const ADDED = { provider: "acme", name: "work", values: { ACME_API_KEY: "acme-key-of-work" } };

Deno.test("an account added by another process is polled from the next discovery on, and its key is masked", () =>
  inFolder(async (folder) => {
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
  inFolder(async (folder) => {
    const sent: string[] = [];
    await using own = await processOn(folder, acme(sent), { ACME_API_KEY: "acme-key-of-env" });
    await own.composed.accounts.add(ADDED);
    await own.composed.scheduler.pollNow();
    assertEquals(sent.sort(), ["acme-key-of-env", "acme-key-of-work"]);
  }));

Deno.test("an added account enables an opt-in provider for itself, and not for other accounts", () =>
  inFolder(async (folder) => {
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
  inFolder(async (folder) => {
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
  inFolder(async (folder) => {
    await using one = await processOn(folder, acme([]));
    await using two = await processOn(folder, acme([]));
    const ended = await Promise.allSettled([one, two].map(({ composed }) => composed.accounts.add(ADDED)));
    assertEquals(ended.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const error = await assertRejects(() => one.composed.accounts.add(ADDED));
    assert(String(error).includes("already"), String(error));
  }));
