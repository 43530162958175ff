#!/bin/sh
# Installs syntrack for the current user: downloads a release, verifies its signature and checksum, and puts it into
# ~/.syntrack. Nothing is installed without verification. Running it again only changes what differs.
#
#   sh install.sh [--version V] [--prefix DIR] [--env FILE] [--no-service] [--offline ARCHIVE]
#   sh install.sh --uninstall [--purge]
set -eu
umask 077

# Written by `deno task release-key`; the program contains the same values.
RELEASES_URL='https://syntrack.invalid/releases'
RELEASE_KEYS=''

usage() {
  cat <<'END'
usage: sh install.sh [options]

  --version V        install this version instead of the newest
  --prefix DIR       install here instead of ~/.syntrack (the executable goes to DIR/bin)
  --env FILE         copy this .env, if there is none yet
  --no-service       do not install a service that starts it with the machine
  --offline ARCHIVE  install this archive; needs SHA256SUMS and SHA256SUMS.sig beside it
  --allow-unverified install even if the signature cannot be verified here; the checksum is still verified
  --uninstall        remove the executable, its service and its line in your shell's profile; data stays
  --purge            with --uninstall: remove data, settings and logs as well

Set SYNTRACK_UPDATE_URL to use a mirror, and SYNTRACK_UPDATE_KEY to the public key of your own builds.
END
}

say() { printf '%s\n' "$*"; }
warn() { printf 'install.sh: %s\n' "$*" >&2; }
fail() {
  printf 'install.sh: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf '  %s\n' "$2" >&2
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

version='' prefix='' env_file='' archive='' service=yes unverified=no action=install purge=no
while [ $# -gt 0 ]; do
  case $1 in
    --version | --prefix | --env | --offline)
      if [ $# -lt 2 ] || [ -z "$2" ]; then fail "$1 needs a value" 'See --help'; fi
      case $1 in
        --version) version=${2#v} ;;
        --prefix) prefix=$2 ;;
        --env) env_file=$2 ;;
        --offline) archive=$2 ;;
      esac
      shift
      ;;
    --no-service) service=no ;;
    --allow-unverified) unverified=yes ;;
    --uninstall) action=uninstall ;;
    --purge) purge=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      fail "unknown: $1"
      ;;
  esac
  shift
done

if [ -z "${HOME:-}" ] || [ ! -d "$HOME" ]; then fail 'HOME is not a folder' 'Set it to your home directory'; fi
case $version in
  '') ;;
  *[!0-9A-Za-z.-]*) fail "\"$version\" is not a version" 'Use a version such as --version 0.2.0' ;;
esac
data=$HOME/.syntrack
prefix=${prefix:-$data}
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
# It is written into a line that shells read.
case $prefix in *[\"\$\`\\]*) fail "The folder $prefix has a quote, dollar or backslash in its name" 'Use another --prefix' ;; esac
bin=$prefix/bin
program=$bin/syntrack
# The line is quoted for the shell that reads it later. Installations in other folders have lines of their own.
line="export PATH=\"$bin:\$PATH\" # Added by the installer of syntrack"

# The files a shell may read at its start: those that are there, and .profile in any case.
profiles() {
  for file in "$HOME/.profile" "$HOME/.bash_profile" "$HOME/.bashrc" "$HOME/.zshrc" "$HOME/.zprofile"; do
    if [ -f "$file" ] || [ "$file" = "$HOME/.profile" ]; then say "$file"; fi
  done
}

# Written back into the same file, so that links and modes stay; nothing is written back that is not whole.
remove_line() {
  kept=$(mktemp) || kept=''
  # grep ends with 1 where no other line is left, and with 2 where it could not write all of them.
  if [ -z "$kept" ] || ! { grep -vxF "$line" "$1" >"$kept" || [ $? -eq 1 ]; }; then
    warn "$1 was not changed and still contains $bin: there is no space for a temporary copy"
  elif ! cat "$kept" >"$1"; then
    warn "$1 could not be written; its new content is in $kept"
    return
  fi
  [ -z "$kept" ] || rm -f "$kept"
}

uninstall() {
  if [ -x "$program" ]; then
    "$program" service uninstall >/dev/null 2>&1 || true
    "$program" stop >/dev/null 2>&1 || warn 'A server could not be stopped; it ends with your session'
  fi
  rm -f "$program" "$program.previous" "$prefix/LICENCES.txt"
  # Others may have files in the same folders: with --prefix /usr/local, everybody has.
  for file in man/man1/syntrack.1 completions/bash/syntrack completions/zsh/_syntrack \
    completions/fish/syntrack.fish completions/powershell/syntrack.ps1; do
    rm -f "$prefix/share/$file"
    rmdir "$prefix/share/${file%/*}" 2>/dev/null || true
  done
  for folder in "$prefix/share/man" "$prefix/share/completions" "$prefix/share" "$bin"; do
    rmdir "$folder" 2>/dev/null || true
  done
  profiles | while IFS= read -r file; do
    if grep -qxF "$line" "$file" 2>/dev/null; then remove_line "$file"; fi
  done
  if [ "$purge" = yes ]; then
    rm -rf "$data"
    say "Removed syntrack with all data, settings and logs in $data"
  else
    say "Removed syntrack. Data, settings and logs stay in $data; --purge removes them as well"
  fi
}

if [ "$action" = uninstall ]; then
  uninstall
  exit 0
fi
[ "$purge" = no ] || fail '--purge requires --uninstall'

# What runs here.
case $(uname -s) in
  Linux) system=linux ;;
  Darwin) system=macos ;;
  *) fail "There is no executable for $(uname -s)" 'On Windows, use install.ps1' ;;
esac
case $(uname -m) in
  x86_64 | amd64) machine=x64 ;;
  arm64 | aarch64) machine=arm64 ;;
  *) fail "There is no executable for $(uname -m)" 'Run it from a clone, with Deno' ;;
esac
# ls fails where one of its patterns matches nothing, so what counts is whether it names a file.
if [ "$system" = linux ] && ls /lib/ld-musl-* >/dev/null 2>&1 &&
  [ -z "$(ls -d /lib*/ld-linux-* /lib*/*/ld-linux-* 2>/dev/null)" ]; then
  fail 'The executables need glibc, and this system has musl' 'Run it from a clone, with Deno'
fi

has tar || fail 'tar is not installed' 'Install it first'
if has sha256sum; then
  sum_of() { sha256sum "$1" | cut -d' ' -f1; }
elif has shasum; then
  sum_of() { shasum -a 256 "$1" | cut -d' ' -f1; }
elif has openssl; then
  sum_of() { openssl dgst -sha256 -r "$1" | cut -d' ' -f1; }
else
  fail 'None of sha256sum, shasum and openssl is installed, so nothing can be verified' 'Install one of them first'
fi

url=${SYNTRACK_UPDATE_URL:-$RELEASES_URL}
url=${url%/}
keys="$RELEASE_KEYS ${SYNTRACK_UPDATE_KEY:-}"
keys=$(printf '%s' "$keys" | tr ',' ' ')
# shellcheck disable=SC2086 # several keys are several words
set -- $keys
if [ $# -eq 0 ]; then
  fail 'No release of syntrack is public yet, so there is nothing to install, and nothing was contacted' \
    'For releases of your own, set SYNTRACK_UPDATE_URL and SYNTRACK_UPDATE_KEY; see docs/install.md'
fi
case $url in
  https://*) schemes=https ;;
  http://127.0.0.1:* | http://localhost:* | 'http://[::1]:'*) schemes=http,https ;;
  *) fail "$url is not the address of a release server" 'It must start with https://' ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/syntrack-install.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fetch() {
  if has curl; then
    curl -fsSL --proto "=$schemes" --proto-redir "=$schemes" --retry 2 --connect-timeout 20 --max-filesize 400000000 \
      -o "$2" "$1" || fail "Cannot fetch $1" 'Nothing was changed'
  elif has wget; then
    wget -q --tries=3 --timeout=20 -O "$2" "$1" || fail "Cannot fetch $1" 'Nothing was changed'
  else
    fail 'Neither curl nor wget is installed' 'Install one of them, or use --offline'
  fi
}

# A public key as openssl reads it: the twelve bytes before it say that it is one of Ed25519.
write_key() {
  printf '%s\nMCowBQYDK2VwAyEA%s\n%s\n' '-----BEGIN PUBLIC KEY-----' "$1" '-----END PUBLIC KEY-----' >"$2"
}

# Whether openssl can check Ed25519 at all: LibreSSL of macOS and openssl before 3 cannot. It is given the key and the
# signature of test 2 of RFC 8032, so that "cannot" is told from "is not".
find_openssl() {
  write_key 'PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=' "$work/rfc.pem"
  printf 'r' >"$work/rfc.txt"
  for one in openssl /opt/homebrew/opt/openssl@3/bin/openssl /usr/local/opt/openssl@3/bin/openssl; do
    has "$one" || continue
    printf '%s' 'kqAJqfDUyrhyDoILX2QlQKKye1QWUD+Ps3YiI+vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA==' |
      "$one" base64 -d -A >"$work/rfc.sig" 2>/dev/null || continue
    if "$one" pkeyutl -verify -pubin -inkey "$work/rfc.pem" -rawin -in "$work/rfc.txt" -sigfile "$work/rfc.sig" \
      >/dev/null 2>&1; then
      say "$one"
      return
    fi
  done
}

check_signature() {
  openssl=$(find_openssl)
  if [ -z "$openssl" ]; then
    if [ "$unverified" = yes ]; then
      warn 'The signature could not be verified: openssl 3 is missing. The checksum only shows that the download is complete'
      return
    fi
    fail 'The signature cannot be verified here: openssl 3 is required (LibreSSL and older versions cannot do it)' \
      'Install openssl 3 (on macOS: brew install openssl@3), or use --allow-unverified. Nothing was changed'
  fi
  for key in "$@"; do
    write_key "$key" "$work/key.pem"
    if "$openssl" pkeyutl -verify -pubin -inkey "$work/key.pem" -rawin -in "$work/SHA256SUMS" \
      -sigfile "$work/SHA256SUMS.sig" >/dev/null 2>&1; then
      say 'Signature verified'
      return
    fi
  done
  fail 'The release is not signed by a key this installer trusts' \
    'Nothing was changed. Do not install it from there. To verify it by hand, see docs/install.md'
}

if [ -n "$archive" ]; then
  [ -f "$archive" ] || fail "$archive does not exist"
  beside=$(dirname "$archive")
  for file in SHA256SUMS SHA256SUMS.sig; do
    [ -f "$beside/$file" ] || fail "$file is missing beside $archive" 'Copy it from the same release'
    cp "$beside/$file" "$work/$file"
  done
else
  folder=$url/latest/download
  [ -z "$version" ] || folder=$url/download/v$version
  fetch "$folder/SHA256SUMS" "$work/SHA256SUMS"
  fetch "$folder/SHA256SUMS.sig" "$work/SHA256SUMS.sig"
fi
check_signature "$@"

# From here on what SHA256SUMS says is what was signed.
if [ -n "$archive" ]; then
  name=$(basename "$archive")
else
  name=$(sed -n "s/^[0-9a-f]\{64\}  \(syntrack-[0-9A-Za-z.-]*-$system-$machine\.tar\.gz\)\$/\1/p" "$work/SHA256SUMS")
  [ -n "$name" ] || fail "That release has no archive for $system-$machine" 'Run it from a clone, with Deno'
fi
case $name in
  syntrack-*-"$system-$machine".tar.gz) ;;
  *) fail "$name is not an archive for $system-$machine" 'Nothing was changed' ;;
esac
found=${name#syntrack-}
found=${found%-"$system-$machine".tar.gz}
[ -z "$version" ] || [ "$version" = "$found" ] ||
  fail "Version $version was requested, but the release is $found" 'Nothing was changed'
wanted=$(sed -n "s/^\([0-9a-f]\{64\}\)  $(printf '%s' "$name" | sed 's/\./\\./g')\$/\1/p" "$work/SHA256SUMS")
[ -n "$wanted" ] || fail "$name is not in SHA256SUMS" 'Nothing was changed'
if [ -n "$archive" ]; then
  cp "$archive" "$work/$name"
else
  fetch "$url/download/v$found/$name" "$work/$name"
fi
[ "$(sum_of "$work/$name")" = "$wanted" ] ||
  fail "$name is not the signed file: its SHA-256 differs" 'Nothing was changed. Do not install it from there'
say 'Checksum verified'

mkdir "$work/unpacked"
tar -xzf "$work/$name" -C "$work/unpacked" || fail "$name cannot be unpacked" 'Nothing was changed'
unpacked=$work/unpacked/${name%.tar.gz}
said=$("$unpacked/syntrack" --version 2>&1) || said="$said (it does not run here)"
[ "$said" = "syntrack $found" ] || fail "The executable of $found says: $said" 'Nothing was changed'

# Puts a file in place in one step; says whether it was another one before. Whoever asks for that turns set -e off.
place() {
  if cmp -s "$1" "$2"; then return 1; fi
  {
    (umask 022 && mkdir -p "$(dirname "$2")") && cp "$1" "$2.part.$$" && chmod "$3" "$2.part.$$" &&
      mv -f "$2.part.$$" "$2"
  } || {
    rm -f "$2.part.$$"
    fail "Cannot write $2" 'The previous file is unchanged. Is the disk full?'
  }
}

changed=no
replaced=no
if [ -f "$program" ]; then replaced=yes; fi
if place "$unpacked/syntrack" "$program" 755; then
  changed=yes
  say "Installed syntrack $found: $program"
else
  say "syntrack $found is already installed: $program"
fi
for file in LICENCES.txt $(cd "$unpacked" && find share -type f 2>/dev/null); do
  [ ! -f "$unpacked/$file" ] || place "$unpacked/$file" "$prefix/$file" 644 || true
done

case ":${PATH:-}:" in
  *":$bin:"*) ;;
  *)
    profiles | while IFS= read -r file; do
      if grep -qxF "$line" "$file" 2>/dev/null; then continue; fi
      # A last line without an end would become a part of ours.
      if [ -n "$(tail -c 1 "$file" 2>/dev/null)" ]; then before='\n'; else before=''; fi
      printf "$before%s\n" "$line" >>"$file" || warn "$file could not be written, so $bin was not added to it"
    done
    say "Added to your PATH for new shells. For this one: export PATH=\"$bin:\$PATH\""
    ;;
esac

# Asks at the terminal, also where this script itself comes in by a pipe. What is typed is not shown, and whoever ends
# it here gets a terminal back that shows again what is typed.
ask_secret() {
  printf '%s' "$1" >/dev/tty
  trap 'stty echo </dev/tty; exit 130' INT
  trap 'stty echo </dev/tty; exit 143' TERM
  stty -echo </dev/tty
  answer=''
  IFS= read -r answer </dev/tty || true
  stty echo </dev/tty
  trap 'exit 130' INT
  trap 'exit 143' TERM
  printf '\n' >/dev/tty
}

write_env() {
  env=$data/.env
  mkdir -p "$data"
  chmod 700 "$data"
  if [ -f "$env" ]; then
    chmod 600 "$env"
    return
  fi
  if [ -n "$env_file" ]; then
    [ -f "$env_file" ] || fail "$env_file does not exist" 'syntrack is installed; write keys to ~/.syntrack/.env'
    place "$env_file" "$env" 600
    say "Copied $env_file to $env (0600)"
    return
  fi
  : >"$work/env"
  if [ -t 1 ] && (: </dev/tty) 2>/dev/null; then
    say 'Enter the keys you have, or leave them empty. Logins of Claude Code, Codex and other tools are found automatically.'
    for key in SYNTHETIC_API_KEY ZAI_API_KEY; do
      ask_secret "$key: "
      [ -z "$answer" ] || printf '%s=%s\n' "$key" "$answer" >>"$work/env"
    done
  else
    say "There is no terminal to ask for keys. Write them to $env, or use syntrack setup"
  fi
  place "$work/env" "$env" 600
}
write_env

[ "$changed$replaced" != yesyes ] || say 'The running server is still the previous version. Restart it with: syntrack restart'

if [ "$service" = yes ]; then
  if [ "$changed" = no ] && "$program" service status >/dev/null 2>&1; then
    say 'The service is already installed'
  elif output=$("$program" service install 2>&1); then
    say "$output"
  else
    say "No service was installed: $(printf '%s' "$output" | head -n 1 | sed 's/^syntrack: //')"
    say 'To start it in the background, run: syntrack'
  fi
fi
