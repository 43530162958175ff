import { createEnvironment, type FileText } from "../../lib/config/environment.ts";
import { problemText } from "../../lib/config/problem.ts";
import { readFileText, systemEnvironment } from "../../lib/config/system.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { createTestEnvironment } from "../support/test_sandbox.ts";

const PLACE = "/place/.env";
const HOME = "/home/ann/.syntrack/.env";

function secretIn(env: Record<string, string>, files: Record<string, string> = {}): string {
  const { found, problem } = createTestEnvironment(env, files).findSecret("ACME_KEY");
  if (problem) return problemText(problem);
  return found ? `${found.value} from ${found.source}` : "none";
}

Deno.test("the environment comes first, then the working directory, then home", () => {
  const files = { [PLACE]: "A=place\nB=place", [HOME]: "A=home\nB=home\nC=home" };
  const environment = createTestEnvironment({ A: "process", B: "", D: "  " }, files);
  assertEquals(environment.find("A")?.source, "A in the environment");
  assertEquals(environment.find("B")?.source, "B in ./.env");
  assertEquals(environment.find("C"), {
    value: "home",
    name: "C",
    layer: "home",
    source: "C in ~/.syntrack/.env",
  });
  assertEquals(environment.find("D"), undefined);
  assertEquals(environment.find("toString"), undefined);
  assertEquals(environment.find("__proto__"), undefined);
});

Deno.test("an env file may have comments, quotes, exports, a byte order mark and other line ends", () => {
  const environment = createTestEnvironment({}, {
    [PLACE]: "\ufeff# c\r\nexport A='x y'\r\nB=\"z\" # c\r\nC = d\r\n",
  });
  assertEquals(["A", "B", "C"].map((name) => environment.find(name)?.value), ["x y", "z", "d"]);
});

Deno.test("secrets are trimmed and unquoted", () => {
  assertEquals(secretIn({ ACME_KEY: ' "abc123" ' }), "abc123 from ACME_KEY in the environment");
  assertEquals(secretIn({ ACME_KEY: "abc=" }), "abc= from ACME_KEY in the environment");
  assertEquals(secretIn({}), "none");
  assertEquals(
    secretIn({ ACME_KEY: "planted\nsecond" }),
    "ACME_KEY in the environment: the value has line breaks or controls, expected one line",
  );
});

Deno.test("a secret may be alone in a file, or a line of an env file", () => {
  const texts: readonly [text: string, secret: string][] = [
    ["abc123\n", "abc123"],
    ["\n  'abc123'  \r\n\n", "abc123"],
    ["# the key\nabc123\n", "abc123"],
    ["YWJjMTIz==\n", "YWJjMTIz=="],
    ["ACME_KEY=abc123\n", "abc123"],
    ['# c\nOTHER=x\nexport ACME_KEY="abc123"\nMORE=y\n', "abc123"],
  ];
  for (const [text, secret] of texts) {
    assertEquals(
      secretIn({ ACME_KEY_FILE: "~/key" }, { "/home/ann/key": text }),
      `${secret} from ACME_KEY_FILE in the environment`,
    );
  }
});

Deno.test("an unusable secret file is named, and its content is not", () => {
  const wanted = "expected a file with the secret alone, or with a line that sets ACME_KEY";
  const texts: readonly [text: string, problem: string][] = [
    ["", `the file is empty, ${wanted}`],
    ["# planted\n", `the file is empty, ${wanted}`],
    ["planted\nplanted\n", `the file has several lines, and none of them sets ACME_KEY, ${wanted}`],
    ["OTHER=planted\n", `the file sets something other than ACME_KEY, ${wanted}`],
    ["ACME_KEY=\nOTHER=planted", "the value is empty, expected a secret"],
  ];
  for (const [text, problem] of texts) {
    assertEquals(
      secretIn({ ACME_KEY_FILE: "key" }, { "/place/key": text }),
      `ACME_KEY_FILE in the environment: ${problem}`,
    );
  }
  assertEquals(
    secretIn({ ACME_KEY_FILE: "key" }),
    "ACME_KEY_FILE in the environment: there is no such file, expected a readable file",
  );
});

Deno.test("within a layer a variable overrides its file, and either overrides the next layer", () => {
  const files = { "/place/key": "of-the-file", [PLACE]: "ACME_KEY=of-the-place" };
  assertEquals(
    secretIn({ ACME_KEY: "own", ACME_KEY_FILE: "key" }, files),
    "own from ACME_KEY in the environment",
  );
  assertEquals(
    secretIn({ ACME_KEY_FILE: "key" }, files),
    "of-the-file from ACME_KEY_FILE in the environment",
  );
  assertEquals(secretIn({}, files), "of-the-place from ACME_KEY in ./.env");
});

Deno.test("files are read again after reload(), and not before", () => {
  const files: Record<string, string> = { [PLACE]: "ACME_KEY=first-key" };
  const learned: string[] = [];
  const environment = createTestEnvironment({}, files, (secret) => learned.push(secret));
  assertEquals(environment.findSecret("ACME_KEY").found?.value, "first-key");
  files[PLACE] = "ACME_KEY=second-key";
  assertEquals(environment.findSecret("ACME_KEY").found?.value, "first-key");
  environment.reload();
  assertEquals(environment.findSecret("ACME_KEY").found?.value, "second-key");
  assertEquals(learned, ["first-key", "second-key"]);
});

Deno.test("an unreadable env file is a problem, and the others still count", () => {
  const environment = createEnvironment({
    env: {},
    cwd: "/place",
    home: "/home/ann",
    readFile(path): FileText | null {
      if (path === PLACE) throw new Deno.errors.PermissionDenied("planted");
      return { text: "A=1", mode: null };
    },
  });
  assertEquals(environment.find("A")?.value, "1");
  assertEquals(environment.problems().map(problemText), ["./.env: cannot be read (PermissionDenied)"]);
});

Deno.test("with ~/.syntrack as working directory its env file is read once; without a home there is none", () => {
  const readFile = (path: string): FileText | null => ({ text: `A=${path}`, mode: 0o600 });
  const inside = createEnvironment({ env: {}, cwd: "/home/ann/.syntrack", home: "/home/ann", readFile });
  assertEquals(inside.files().map((file) => file.label), ["./.env"]);
  const homeless = createEnvironment({ env: {}, cwd: "/place", home: null, readFile });
  assertEquals(homeless.files().map((file) => file.path), [PLACE]);
  assertEquals(homeless.resolve("~/x"), "/place/~/x");
});

Deno.test("paths are relative to home or the working directory", () => {
  const { resolve } = createTestEnvironment({});
  assertEquals(resolve("~"), "/home/ann");
  assertEquals(resolve("~/a"), "/home/ann/a");
  assertEquals(resolve("~bob/a"), "/place/~bob/a");
  assertEquals(resolve("./a"), "/place/a");
  assertEquals(resolve("/a"), "/a");
});

Deno.test("real files: text and mode, null for a missing one, an error for a folder or a large file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/key`;
    assertEquals(readFileText(path), null);
    await Deno.writeTextFile(path, "abc", { mode: 0o640 });
    const file = readFileText(path);
    assertEquals(file?.text, "abc");
    if (Deno.build.os !== "windows") assertEquals((file?.mode ?? 0) & 0o777, 0o640);
    assertThrows(() => readFileText(folder), /cannot be used/);
    await Deno.writeTextFile(path, "x".repeat(1024 * 1024 + 1));
    assertThrows(() => readFileText(path), /cannot be used/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the system's environment is that of this process", () => {
  Deno.env.set("SYNTRACK_TEST_ONLY", "here");
  try {
    assertEquals(systemEnvironment().find("SYNTRACK_TEST_ONLY")?.value, "here");
  } finally {
    Deno.env.delete("SYNTRACK_TEST_ONLY");
  }
  assert(systemEnvironment().find("SYNTRACK_TEST_ONLY") === undefined);
});

Deno.test("a file written by Windows is read without its byte order mark, in each encoding that has one", async () => {
  const path = await Deno.makeTempFile();
  try {
    const text = '{"key":"é"}';
    const wide = (isLittle: boolean) => {
      const bytes = new Uint8Array(2 * text.length + 2);
      const view = new DataView(bytes.buffer);
      [...`\ufeff${text}`].forEach((character, at) =>
        view.setUint16(2 * at, character.charCodeAt(0), isLittle)
      );
      return bytes;
    };
    const plain = new TextEncoder();
    for (const bytes of [plain.encode(text), plain.encode(`\ufeff${text}`), wide(true), wide(false)]) {
      await Deno.writeFile(path, bytes);
      assertEquals(readFileText(path)?.text, text);
    }
  } finally {
    await Deno.remove(path);
  }
});
