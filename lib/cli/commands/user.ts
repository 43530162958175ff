/** `syntrack user`: the people who may sign in. Passwords come from a prompt or from standard input. */
import type { Passkey, People, Person } from "../../access/access.ts";
import { isRole, type Role, ROLES } from "../../access/principal.ts";
import { describeSignIn } from "../../access/sign_in_words.ts";
import { withAccess } from "../access.ts";
import { formatGrid } from "../grid.ts";
import { EXIT_OK, usageError } from "../io.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText } from "../values.ts";
import { plain } from "../../base/text.ts";

export async function user(tools: Tools): Promise<number> {
  const [action = "", name, word] = tools.typed.operands;
  await withAccess(tools, action === "list" ? "read" : "write", async ({ people, passkeys }) => {
    if (action === "list") return list(tools, await people.list(), await passkeys.list());
    if (name === undefined) throw usageError(`Name the user: \`syntrack user ${action} NAME\``);
    await act(tools, people, { action, name, word });
    return { target: plain(name, 64), detail: readDetail(tools, action, word) };
  });
  return EXIT_OK;
}

/** Returns what the audit record stores of it: never a password. */
function readDetail({ typed }: Tools, action: string, word: string | undefined): Record<string, string> {
  if (action !== "add" && action !== "role") return {};
  const only = parseTypedText(typed, "only")?.split("\n");
  const role = word ?? parseTypedText(typed, "role") ?? "viewer";
  return { role, ...only && { sees: only.join(", ") } };
}

async function act(tools: Tools, people: People, { action, name, word }: {
  readonly action: string;
  readonly name: string;
  readonly word: string | undefined;
}): Promise<void> {
  const printResult = (text: string, person: string) =>
    tools.json ? tools.printJson({ person }) : tools.print(text);
  const only = parseTypedText(tools.typed, "only")?.split("\n") ?? null;
  switch (action) {
    case "add": {
      const role = parseRole(parseTypedText(tools.typed, "role") ?? "viewer");
      const person = await people.add({
        name,
        role,
        accounts: only,
        password: await readPassword(tools, name),
      });
      return printResult(`${person.name} can sign in as ${person.role}`, person.name);
    }
    case "remove":
      await people.remove(name);
      return printResult(`${plain(name, 64)} can no longer sign in`, name);
    case "role": {
      const role = parseRole(word ?? parseTypedText(tools.typed, "role"));
      const person = await people.change(name, {
        role,
        ...role === "viewer" ? { accounts: only } : { accounts: null },
      });
      return printResult(`${person.name} is ${person.role} now`, person.name);
    }
    case "reset":
      await people.reset(name, await readPassword(tools, name));
      return printResult(
        `${plain(name, 64)} has a new password, and all sign-ins and passkeys have ended`,
        name,
      );
  }
}

function parseRole(word: string | undefined): Role {
  if (isRole(word)) return word;
  throw usageError(`"${plain(word ?? "", 40)}" is not a role`, `Expected ${ROLES.join(", ")}`);
}

/** @throws {CliError} without a terminal, or when the two entries differ */
async function readPassword({ io, typed }: Tools, name: string): Promise<string> {
  if (hasFlag(typed, "stdin")) return (await new Response(io.stdin()).text()).replace(/\r?\n$/, "");
  const first = await io.ask(`Password for ${plain(name, 64)}: `, { hidden: true });
  if (first === null) {
    throw usageError(
      "There is no terminal to ask for the password",
      `Pass it with --stdin, such as: pass show syntrack | syntrack user add ${plain(name, 64)} --stdin`,
    );
  }
  const again = await io.ask("Once more: ", { hidden: true });
  if (again !== first) throw usageError("The two passwords differ, so nothing was changed");
  return first;
}

function list(tools: Tools, people: readonly Person[], passkeys: readonly Passkey[]): void {
  const passkeysOf = (name: string) => passkeys.filter(({ person }) => person === name).length;
  if (tools.json) {
    return tools.printJson({
      people: people.map(({ name, role, accounts, createdAt, hasPassword }) => ({
        name,
        role,
        accounts,
        createdAt: new Date(createdAt).toISOString(),
        password: hasPassword,
        passkeys: passkeysOf(name),
      })),
    });
  }
  if (people.length === 0) {
    return tools.print("No one can sign in yet: `syntrack user add NAME --role admin`");
  }
  const rows = people.map(({ name, role, accounts, hasPassword }) => [
    plain(name),
    role,
    accounts?.join(", ") ?? "everything",
    describeSignIn(hasPassword, passkeysOf(name)),
  ]);
  const titles = ["NAME", "ROLE", "SEES", "SIGNS IN BY"].map((title) => ({ title }));
  tools.print(...formatGrid(titles, rows, { paint: tools.paint }));
}
