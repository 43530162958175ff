/** The image, built from the unchanged Dockerfile and run; only its two base images are replaced. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { type Builder, imageTest } from "./buildah.ts";
import { Container, USER, volume } from "./container.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

interface Image {
  readonly Size: number;
  readonly Docker: {
    readonly config: {
      readonly User: string;
      readonly Env: readonly string[];
      readonly Entrypoint: readonly string[];
      readonly Cmd: readonly string[];
      readonly Volumes: Readonly<Record<string, unknown>>;
      readonly ExposedPorts: Readonly<Record<string, unknown>>;
      readonly Healthcheck: { readonly Test: readonly string[] };
    };
  };
}

/** @returns its settings as a container engine reads them */
async function build(builder: Builder): Promise<Image["Docker"]["config"]> {
  await builder.base("localhost/base", false);
  await builder.base("localhost/deno", true);
  const info = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: ROOT }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(info.stdout)) as { readonly denoDir: string };
  await builder.run(
    ...["bud", "--quiet", "--format", "docker", "--pull-never", "--tag", "localhost/syntrack"],
    ...["--build-arg", "BUILD_IMAGE=localhost/deno", "--build-arg", "BASE_IMAGE=localhost/base"],
    // The packages are there already, so nothing is fetched.
    ...["--volume", `${denoDir}:/deno-dir`, ROOT],
  );
  const image = JSON.parse(await builder.run("inspect", "--type", "image", "localhost/syntrack")) as Image;
  return image.Docker.config;
}

imageTest(
  "the image builds, runs unprivileged on a read-only root, and keeps its data in the volume",
  async (builder) => {
    const config = await build(builder);
    assertEquals(config.User, `${USER}:${USER}`);
    assertEquals(Object.keys(config.Volumes), ["/app/data"]);
    assertEquals(Object.keys(config.ExposedPorts), ["9211/tcp"]);
    assertEquals(config.Healthcheck.Test, ["CMD", "/usr/local/bin/syntrack", "health"]);
    const env = Object.fromEntries(
      config.Env.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    const root = await builder.unpack("localhost/syntrack");
    // No sources, and no tools for an intruder.
    assertEquals([...Deno.readDirSync(join(root, "app"))].map(({ name }) => name).toSorted(), [
      "LICENSE",
      "_fresh",
      "_program",
      "data",
    ]);
    assertEquals([...Deno.readDirSync(join(root, "usr/bin"))].map(({ name }) => name), ["deno"]);
    assertEquals((await Deno.stat(join(root, "app/data"))).uid, USER);

    const args = [...config.Entrypoint, ...config.Cmd];
    const data = await volume(join(builder.folder, "data"), { pass: "correct horse battery staple\n" });
    {
      // Others could reach it, and no one could sign in.
      await using open = new Container({ root, data, args, env });
      const { code, output } = await open.ended;
      assertEquals(code, 2);
      assertMatch(output, /Cannot listen on 0\.0\.0\.0: others could reach it, and no one can sign in yet/);
    }
    const given = {
      ...env,
      PORT: "3001",
      REFRESH_INTERVAL: "*/5 * * * *",
      SYNTRACK_ADMIN_PASS_FILE: "/app/data/pass",
    };
    {
      await using container = new Container({ root, data, args, env: given });
      assertEquals(await container.untilHealthy(), {
        code: 0,
        output: "The server on port 3001 is healthy\n",
      });
      const first = await container.first();
      const status = await Deno.readTextFile(`/proc/${first}/status`);
      assertMatch(status, new RegExp(`^Uid:\\s+${USER}\\s+${USER}\\s+${USER}\\s+${USER}$`, "m"));
      assertMatch(await Deno.readTextFile(`/proc/${first}/mountinfo`), / \/ ro[, ]/);
      const settings = await container.exec("/usr/local/bin/syntrack", "config", "--json");
      assertStringIncludes(settings.output, "*/5 * * * *");
      assertStringIncludes(settings.output, "/app/data/syntrack.db");
      const { code, output } = await container.stop();
      assertEquals(code, 0);
      assertStringIncludes(output, "http://127.0.0.1:3001");
      assert(!output.includes("correct horse"));
    }
    const { uid, mode } = await Deno.stat(join(data, "syntrack.db"));
    assertEquals([uid, (mode ?? 0) & 0o777], [USER, 0o600]);
    {
      // Commands beside a server use the same key-value database, which the runtime has behind a flag.
      const db = "kv:/app/data/syntrack.kv";
      await using other = new Container({ root, data, args, env: { ...given, SYNTRACK_DB: db } });
      assertEquals((await other.untilHealthy()).code, 0);
      const size = await other.exec("/usr/local/bin/syntrack", "db", "size", "--json");
      assertEquals([size.code, JSON.parse(size.output).path], [0, db], size.output);
      const added = await other.exec(
        "/usr/local/bin/syntrack",
        "notes",
        "add",
        "written by a command beside",
      );
      assertEquals(added.code, 0, added.output);
      const listed = await other.exec("/usr/local/bin/syntrack", "notes", "--json");
      assertStringIncludes(listed.output, "written by a command beside");
    }
    // The next start finds it, and leftovers of a kill are no obstacle.
    for (let round = 0; round < 2; round++) {
      await using again = new Container({ root, data, args, env: given });
      assertEquals((await again.untilHealthy()).code, 0);
    }
  },
);
