/** A vendor's tool with its login in a file, for tests of renewals. */
import { join } from "node:path";
import { type ProviderContext, Secret } from "../../../lib/provider/context.ts";
import { accountKey } from "../../../lib/model/quota.ts";
import type { Provider, RefreshReason } from "../../../lib/provider/contract.ts";
import { ProviderError } from "../../../lib/provider/contract.ts";
import {
  createRenewer,
  type Renewable,
  type RenewalParts,
  type Renewer,
} from "../../../lib/accounts/renewal/renewal.ts";
import { openSqliteStore } from "../../../lib/store/sqlite.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { createMemoryLog, createTestContext, fakeProvider, HOUR, NOW } from "../../poll/support.ts";
import { withFolder } from "../../store/folder.ts";

const FILE = "~/.acme/login.json";
const KEY = accountKey("acme", "default");

export interface Tool {
  readonly folder: string;
  readonly path: string;
  readonly clock: FakeClock;
  readonly provider: Provider;
  readonly renewer: Renewer;
  readonly log: ReturnType<typeof createMemoryLog>;
  /** Refresh tokens that the vendor received. */
  readonly sent: string[];
  /** The vendor's answers to the next renewals; by default a new pair. */
  vendor: { fail?: ProviderError; during?: () => void };
  running: boolean | null;
  account(): Promise<Renewable>;
  renew(why?: RefreshReason): Promise<boolean>;
  /** As after a restart of the program. */
  again(): Renewer;
  text(): string;
}

export const LOGIN = {
  token: "token-1",
  refresh: "refresh-1",
  expiresAt: NOW - 1,
  theme: "dark",
  nested: { kept: true },
};

/** A tool with its login in a file, and a vendor with single-use refresh tokens. */
export async function withTool(
  allowed: readonly RefreshReason[],
  work: (tool: Tool) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const path = join(folder, "login.json");
    await Deno.writeTextFile(path, JSON.stringify(LOGIN));
    await using store = await openSqliteStore(":memory:");
    const clock = new FakeClock(NOW);
    const log = createMemoryLog();
    const sent: string[] = [];
    const used = new Set<string>();
    const provider: Provider = {
      ...fakeProvider(),
      async accounts(ctx: ProviderContext) {
        const login = JSON.parse(await ctx.readText(FILE) ?? "{}");
        const { token, expiresAt } = login;
        return [{ name: "default", source: FILE, secret: new Secret(token), expiresAt, file: FILE }];
      },
      renewal: {
        processes: ["acme"],
        oneTime: true,
        // deno-lint-ignore require-await -- a failure is to be a rejection
        async renew(_, text) {
          const login = JSON.parse(text);
          sent.push(login.refresh);
          tool.vendor.during?.();
          if (tool.vendor.fail) throw tool.vendor.fail;
          if (used.has(login.refresh)) throw new ProviderError("auth", "Used before");
          used.add(login.refresh);
          const number = used.size + 1;
          return JSON.stringify({
            ...login,
            token: `token-${number}`,
            refresh: `refresh-${number}`,
            expiresAt: NOW + HOUR,
          });
        },
      },
    };
    const world = (signal: AbortSignal): ProviderContext => ({
      ...createTestContext(clock, signal),
      readText: () => Deno.readTextFile(path),
    });
    const parts: RenewalParts = {
      docs: store.docs,
      clock,
      log,
      createContext: (_, signal) => world(signal),
      refreshOf: () => allowed,
      pathOf: () => path,
      isRunning: () => Promise.resolve(tool.running),
    };
    const { signal } = new AbortController();
    const renewer = createRenewer(parts);
    const tool: Tool = {
      folder,
      path,
      clock,
      provider,
      renewer,
      log,
      sent,
      vendor: {},
      running: false,
      async account() {
        const [account] = await provider.accounts(world(signal));
        return { key: KEY, provider, account: account! };
      },
      renew: async (why = "expired") => await renewer.renew(await tool.account(), why, signal),
      again: () => createRenewer(parts),
      text: () => Deno.readTextFileSync(path),
    };
    await work(tool);
  });
}
