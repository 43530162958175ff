# nix develop                         a shell with the runtime and the tools of the tests
# nix build . && ./result/bin/syntrack
# nix run . -- serve
# nix profile install .
{
  description = "Syntrack watches the quotas of AI subscriptions";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      forEach = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
    in
    {
      packages = forEach (pkgs: rec {
        deno = pkgs.callPackage ./nix/deno.nix { };
        syntrack = pkgs.callPackage ./nix/package.nix {
          inherit deno;
          src = self;
        };
        default = syntrack;
      });

      apps = forEach (pkgs: rec {
        syntrack = {
          type = "app";
          program = "${self.packages.${pkgs.stdenv.hostPlatform.system}.syntrack}/bin/syntrack";
          meta.description = "Watch the quotas of AI subscriptions";
        };
        default = syntrack;
      });

      devShells = forEach (pkgs: {
        default = pkgs.mkShell {
          packages = [
            self.packages.${pkgs.stdenv.hostPlatform.system}.deno
            pkgs.git
            pkgs.gnumake
            pkgs.sqlite
            pkgs.shellcheck
          ];
          DENO_NO_UPDATE_CHECK = "1";
        };
      });

      nixosModules = rec {
        syntrack = import ./nix/module.nix self;
        default = syntrack;
      };
    };
}
