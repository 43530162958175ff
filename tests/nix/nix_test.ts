/**
 * The files for Nix, read by `nix-instantiate` from Debian's package `nix-bin`. Without it, these tests are reported as
 * ignored, with the reason in their name. Nothing is fetched: code that needs nixpkgs gets a stand-in.
 */
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { readProjectFile } from "../support/sources.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FILES = ["flake.nix", ...[...Deno.readDirSync(`${ROOT}/nix`)].map(({ name }) => `nix/${name}`)];

function nixTest(name: string, work: (run: typeof nix) => Promise<void>): void {
  const present = isPresent();
  Deno.test({
    name: present ? name : `${name} (ignored: no nix-instantiate found, see Debian's package nix-bin)`,
    ignore: !present,
    fn: () => work(nix),
  });
}

function isPresent(): boolean {
  try {
    const args = ["--version"];
    return new Deno.Command("nix-instantiate", { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}

/** @returns its output. @throws with the error */
async function nix(...args: readonly string[]): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-nix-" });
  try {
    const { success, stdout, stderr } = await new Deno.Command("nix-instantiate", {
      args: [...args],
      cwd: ROOT,
      env: { NIX_STORE_DIR: `${folder}/store`, NIX_STATE_DIR: `${folder}/state`, NIX_REMOTE: "" },
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

nixTest("every file for Nix is valid, and an invalid one is detected", async (run) => {
  assert(FILES.length >= 5);
  for (const file of FILES) await run("--parse", file);
  assertEquals(await run("--parse", "-E", "{ a = 1 }").catch(() => "noticed"), "noticed");
});

interface Package {
  readonly url: string;
  readonly hash: string;
  readonly folder: string;
}

interface Lock {
  readonly npm: Readonly<Record<string, { readonly integrity: string }>>;
}

nixTest(
  "a build fetches each package of deno.lock, with its own hash, to where the runtime expects it",
  async (run) => {
    const expression = "import ./nix/packages.nix (builtins.fromJSON (builtins.readFile ./deno.lock))";
    const found: readonly Package[] = JSON.parse(await run("--eval", "--strict", "--json", "-E", expression));
    const { npm }: Lock = JSON.parse(await readProjectFile("deno.lock"));
    assertEquals(
      found.map(({ hash }) => hash).toSorted(),
      Object.values(npm).map((one) => one.integrity).toSorted(),
    );
    for (const { url, folder } of found) {
      const [, name = "", version = ""] = /^npm\/registry\.npmjs\.org\/(.+)\/([^/]+)$/.exec(folder) ?? [];
      assert(
        Object.keys(npm).some((key) => key === `${name}@${version}` || key.startsWith(`${name}@${version}_`)),
        folder,
      );
      assertEquals(url, `https://registry.npmjs.org/${name}/-/${name.split("/").at(-1)}-${version}.tgz`);
    }
  },
);

/** The part of nixpkgs that the module needs. */
const STAND_IN = `
  let
    lib = {
      mkEnableOption = text: text;
      mkOption = option: option;
      mkIf = condition: value: if condition then value else { };
      literalExpression = text: text;
      optional = condition: value: if condition then [ value ] else [ ];
      mapAttrsToList = f: set: map (name: f name set.\${name}) (builtins.attrNames set);
      getExe = package: "\${package}/bin/syntrack";
      types = {
        package = null; str = null; port = null; bool = null; path = null;
        attrsOf = type: null; nullOr = type: null;
      };
    };
    pkgs.stdenv.hostPlatform.system = "x86_64-linux";
    module = import ./nix/module.nix { packages.x86_64-linux.syntrack = "/package"; };
    options = (module { inherit lib pkgs; config = { }; }).options.services.syntrack;
    defaults = builtins.mapAttrs (name: option: option.default or null) (removeAttrs options [ "enable" ]);
    config.services.syntrack = defaults // {
      enable = true; port = 3001; credentials.SYNTHETIC_API_KEY = "/secret"; environment.TZ = "UTC";
    };
  in (module { inherit lib pkgs config; }).config`;

interface Made {
  readonly systemd: {
    readonly services: {
      readonly syntrack: {
        readonly environment: Readonly<Record<string, string>>;
        readonly serviceConfig: Readonly<Record<string, unknown>>;
      };
    };
  };
  readonly users: {
    readonly users: Readonly<Record<string, { readonly isSystemUser: boolean; readonly group: string }>>;
    readonly groups: Readonly<Record<string, unknown>>;
  };
  readonly networking: { readonly firewall: { readonly allowedTCPPorts?: unknown } };
}

/** Natural differences: paths, and how variables are passed. */
const OWN = ["ExecStart", "Environment", "EnvironmentFile", "LoadCredential"];

nixTest(
  "the NixOS module creates a user, a group and the unit of deploy/systemd, with all of its restrictions",
  async (run) => {
    const made: Made = JSON.parse(await run("--eval", "--strict", "--json", "-E", STAND_IN));
    const { serviceConfig, environment } = made.systemd.services.syntrack;
    assertEquals(
      made.users,
      {
        users: { syntrack: { isSystemUser: true, group: "syntrack", home: "/var/lib/syntrack" } },
        groups: { syntrack: {} },
      } as unknown as Made["users"],
    );
    assertEquals(made.networking.firewall.allowedTCPPorts, {});
    assertEquals(serviceConfig.LoadCredential, ["SYNTHETIC_API_KEY:/secret"]);
    assertMatch(String(serviceConfig.ExecStart), /^\/package\/bin\/syntrack serve$/);
    assertEquals(environment, {
      HOME: "/var/lib/syntrack",
      SYNTRACK_HOST: "127.0.0.1",
      SYNTRACK_PORT: "3001",
      TZ: "UTC",
    });
    const unit = await readProjectFile("deploy/systemd/syntrack.service");
    const lines = [...(/\[Service\]\n([^[]*)/.exec(unit)?.[1] ?? "").matchAll(/^(\w+)=(.*)$/gm)]
      .filter(([, name = ""]) => !OWN.includes(name));
    const wanted: Record<string, string> = {};
    for (const [, name = "", value = ""] of lines) {
      wanted[name] = name in wanted ? `${wanted[name]} ${value}` : value;
    }
    const given = Object.fromEntries(
      Object.entries(serviceConfig).filter(([name]) => !OWN.includes(name))
        .map(([name, value]) => [name, Array.isArray(value) ? value.join(" ") : String(value)]),
    );
    assertEquals(given, wanted);
  },
);
