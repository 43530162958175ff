# The packages that a deno.lock names: where each is published, with its hash, and where the runtime keeps it. So there is
# no hash of all of them together to be brought up to date.
lock:
let
  named = key: builtins.match "(@?[^@]+)@([^_]+)(_.*)?" key;
  packageOf =
    key:
    let
      name = builtins.elemAt (named key) 0;
      version = builtins.elemAt (named key) 1;
      scoped = builtins.match "@[^/]+/(.+)" name;
      file = if scoped == null then name else builtins.head scoped;
    in
    {
      url = "https://registry.npmjs.org/${name}/-/${file}-${version}.tgz";
      hash = lock.npm.${key}.integrity;
      folder = "npm/registry.npmjs.org/${name}/${version}";
    };
in
map packageOf (builtins.attrNames lock.npm)
