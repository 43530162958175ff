# The runtime of the version that CONTRIBUTING names, as its makers publish it. The one in nixpkgs may be another, and
# what the build calls beside it has to fit exactly.
{
  lib,
  stdenv,
  fetchurl,
  autoPatchelfHook,
}:
let
  version = "2.9.6";
  published = {
    x86_64-linux = {
      name = "linux-x64-glibc";
      hash = "sha512-3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==";
    };
    aarch64-linux = {
      name = "linux-arm64-glibc";
      hash = "sha512-poqhoH9B3nYloigEMPT5t8HY+wBeiuea1An5Q7fqgJzP0SYmWsoS/oUnWO/pEiA4ofzIBy1Elt/in58xKtxEoQ==";
    };
    x86_64-darwin = {
      name = "darwin-x64";
      hash = "sha512-tPi3CWPRdjW1MaWlvWjORE7Ass5SADdWdj1BF1Q1PEdzi+5u/mC5YhmZzniMiPr81PpaFeqjXaLAsfb8lFsZ0Q==";
    };
    aarch64-darwin = {
      name = "darwin-arm64";
      hash = "sha512-V8uO1Aolrl/yvdMb5lOtgtigs8YuZBjrOrgviVMiYkQ0swymFfzkae1wZak4Xi24t7vf7d/eiMb/7ryjjVm+tg==";
    };
  };
  inherit (published.${stdenv.hostPlatform.system}) name hash;
in
stdenv.mkDerivation {
  pname = "deno";
  inherit version;
  src = fetchurl {
    url = "https://registry.npmjs.org/@deno/${name}/-/${name}-${version}.tgz";
    inherit hash;
  };
  nativeBuildInputs = lib.optional stdenv.hostPlatform.isLinux autoPatchelfHook;
  buildInputs = lib.optional stdenv.hostPlatform.isLinux stdenv.cc.cc.lib;
  # What is embedded in it is found by its place in the file.
  dontStrip = true;
  installPhase = ''
    runHook preInstall
    install -Dm755 deno $out/bin/deno
    runHook postInstall
  '';
  meta = {
    description = "The runtime of Syntrack";
    homepage = "https://deno.com";
    license = lib.licenses.mit;
    platforms = builtins.attrNames published;
    mainProgram = "deno";
    sourceProvenance = [ lib.sourceTypes.binaryNativeCode ];
  };
}
