/** What users on other machines see when a change of an account is refused. */
import { AccountError } from "../../lib/accounts/check.ts";
import type { AppContext } from "../../lib/app/context.ts";
import { LOCAL_OWNER, type Principal } from "../../lib/access/principal.ts";
import { servicesFor } from "../../lib/web/services_for.ts";
import { assert, assertEquals } from "../support/assert.ts";

const FAR: Principal = { ...LOCAL_OWNER, kind: "person", id: "person:1" };
const MESSAGE = '"zai/work" comes from ~/.zai/login.json: change it there';

Deno.test("a remote user does not see the file of an account when a change of it is refused", async () => {
  const refuse = () => Promise.reject(new AccountError([{ field: "account", message: MESSAGE }]));
  const accounts = {
    choices: () => [],
    add: refuse,
    rename: refuse,
    remove: refuse,
    setValues: refuse,
  } as unknown as AppContext["accounts"];
  const services = { accounts, alerts: {}, channels: {} } as AppContext;
  const tryAll = async (principal: Principal) => {
    const { accounts } = servicesFor(services, principal);
    const attempts = [
      () => accounts.add({ provider: "zai", name: "work", values: {} }),
      () => accounts.rename("zai/work", "other"),
      () => accounts.remove("zai/work"),
      () => accounts.setValues("zai/work", {}),
    ];
    return await Promise.all(attempts.map(async (attempt) => {
      const error = await attempt().then(() => null, (error) => error as AccountError);
      assert(error instanceof AccountError);
      return [error.message, error.problems[0]?.message];
    }));
  };
  const plain = '"zai/work" comes from a file of the server: change it there';
  assertEquals(await tryAll(LOCAL_OWNER), Array(4).fill([MESSAGE, MESSAGE]));
  assertEquals(await tryAll(FAR), Array(4).fill([plain, plain]));
});
