# The bundle of the program, with the runtime it was built with.
{
  lib,
  stdenv,
  fetchurl,
  makeWrapper,
  installShellFiles,
  deno,
  src,
}:
let
  # What `deno bundle` of this version calls. It is named by the runtime, not by deno.lock.
  esbuild = {
    version = "0.25.5";
    published = {
      x86_64-linux = {
        name = "linux-x64";
        hash = "sha512-uhj8N2obKTE6pSZ+aMUbqq+1nXxNjZIIjCjGLfsWvVpy7gKCOL6rsY1MhRh9zLtUtAI7vpgLMK6DxjO8Qm9lJw==";
      };
      aarch64-linux = {
        name = "linux-arm64";
        hash = "sha512-Z9kfb1v6ZlGbWj8EJk9T6czVEjjq2ntSYLY2cw6pAZl4oKtfgQuS4HOq41M/BcoLPzrUbNd+R4BXFyH//nHxVg==";
      };
      x86_64-darwin = {
        name = "darwin-x64";
        hash = "sha512-1iT4FVL0dJ76/q1wd7XDsXrSW+oLoquptvh4CLR4kITDtqi2e/xwXwdCVH8hVHU43wgJdsq7Gxuzcs6Iq/7bxQ==";
      };
      aarch64-darwin = {
        name = "darwin-arm64";
        hash = "sha512-GtaBgammVvdF7aPIgH2jxMDdivezgFu6iKpmT+48+F8Hhg5J/sfnDieg0aeG/jfSvkYQU2/pceFPDKlqZzwnfQ==";
      };
    };
  };
  bundler = esbuild.published.${stdenv.hostPlatform.system};
  bundlerTarball = fetchurl {
    url = "https://registry.npmjs.org/@esbuild/${bundler.name}/-/${bundler.name}-${esbuild.version}.tgz";
    inherit (bundler) hash;
  };
  unpack =
    { url, hash, folder }:
    ''
      mkdir -p "$DENO_DIR/${folder}"
      tar xzf ${fetchurl { inherit url hash; }} -C "$DENO_DIR/${folder}" --strip-components=1
    '';
in
stdenv.mkDerivation {
  pname = "syntrack";
  inherit (lib.importJSON ../deno.json) version;
  inherit src;

  nativeBuildInputs = [
    deno
    makeWrapper
    installShellFiles
  ];

  configurePhase = ''
    runHook preConfigure
    export HOME="$TMPDIR/home" DENO_DIR="$TMPDIR/deno" DENO_NO_UPDATE_CHECK=1
    mkdir -p "$HOME" "$DENO_DIR/dl/esbuild-${esbuild.version}-1" bundler
    ${lib.concatMapStrings unpack (import ./packages.nix (lib.importJSON ../deno.lock))}
    tar xzf ${bundlerTarball} -C bundler --strip-components=1
    install -m755 bundler/bin/esbuild "$DENO_DIR/dl/esbuild-${esbuild.version}-1/esbuild-${bundler.name}"
    rm -r bundler
    runHook postConfigure
  '';

  buildPhase = ''
    runHook preBuild
    deno run -A --cached-only dev/build.ts
    deno run -A --cached-only dev/man.ts syntrack.1
    runHook postBuild
  '';

  installPhase = ''
    runHook preInstall
    mkdir -p "$out/lib/syntrack/_fresh"
    cp -r _program "$out/lib/syntrack/"
    cp -r _fresh/static "$out/lib/syntrack/_fresh/"
    makeWrapper ${deno}/bin/deno "$out/bin/syntrack" \
      --set-default DENO_NO_UPDATE_CHECK 1 \
      --set-default MALLOC_ARENA_MAX 2 \
      --set-default MALLOC_MMAP_THRESHOLD_ 16384 \
      --set-default MALLOC_TRIM_THRESHOLD_ 131072 \
      --add-flags "run -A --no-config --cached-only --unstable-cron --unstable-kv" \
      --add-flags "--v8-flags=--max-semi-space-size=4,--heap-growing-percent=25" \
      --add-flags "$out/lib/syntrack/_program/cli.js"
    installManPage syntrack.1
    runHook postInstall
  '';

  meta = {
    description = "Watches the quotas of AI subscriptions";
    license = lib.licenses.mit;
    inherit (deno.meta) platforms;
    mainProgram = "syntrack";
  };
}
