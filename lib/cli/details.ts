/** What help and the man page say of commands beyond their summary. Read only for these: it is longer than all the rest. */
import type { CommandName } from "./table.ts";

export const DETAILS: Partial<Record<CommandName, string>> = {
  collect:
    "Succeeds when at least one account answered; failures go to stderr. An account polled a moment ago is not " +
    "polled again, and the exit code is that of the earlier poll.",
  spend:
    "Each amount counts once, even if the vendor shows it in several places. Enter prices of plans and budgets on the " +
    "Spend page, a changed price with the day from which it counts; set a budget with `syntrack alerts budget` too.",
  query: "Answers for one quota: the first one, unless --provider, --account or --quota select another.",
  forecast:
    "Safe: it lasts. Tight: it lasts, with little to spare. Runs out: when nothing is left, if that is before the reset.",
  guard: "Every selected quota needs enough left. Only stored readings are used; no vendor is polled. " +
    "A reading that is too old, or from before a reset that has passed since, does not count.",
  backtest: "Judges finished cycles at every twentieth of their window, with what was known at that time.",
  db:
    "check: is it intact? backup FILE: a copy of all readings and settings, while the server runs; without FILE a dated one, " +
    "keeping the last --keep. restore FILE: replace the database with a backup, and keep the old one. prune: remove rows past " +
    "their retention. vacuum: free unused space. size: how large it is and what it contains.",
  providers:
    "detect looks where each vendor's own tool keeps its login and shows what is there, whose it is " +
    "(as a fingerprint) and when it ends. No vendor is contacted, and no value is ever shown.",
  setup:
    "Shows what it found and what it would write, and writes nothing until you say yes. Keys go to files of " +
    "their own that only you can read.",
  doctor: "Contacts no vendor without --online, which polls each account once and stores nothing.",
  config: "check: is everything in the config file valid? init: write a starter file, never " +
    "over an existing one. path: where it is looked up.",
  user: "Passwords are typed without being shown, or read with --stdin; never passed as an argument. " +
    "A viewer sees, an operator polls and changes settings, an admin may do everything. " +
    "reset sets a new password and removes all sign-ins and passkeys of the user.",
  token: "--save appends it to ~/.syntrack/tokens, one per line, which a running server reloads.",
  key:
    "A key is shown once, when it is created. Its scopes say what it can do: read, metrics, poll, write, push.",
  audit: "--verify recalculates the chain of hashes and fails if anything in it was changed.",
  account:
    "add PROVIDER: asks for the key without showing it, or reads it from --stdin; never from an argument, " +
    "which would end up in the shell history. It is stored encrypted, and not tested " +
    "without --check. Other actions: ACCOUNT is provider/name. remove keeps the history unless --purge. " +
    "hide removes an account that is no longer configured from status, list and pages; show undoes that. " +
    "refresh allows Syntrack to renew the login of the vendor's own tool in its file, which it never does otherwise.",
  alerts:
    "list: what was raised, and how it was delivered. explain: why each alert would be raised now or not, and by which " +
    "channels. snooze: sends no alerts of TARGET (all, an account or a quota) for a while; unsnooze ends that. " +
    "send: sends what is due, for machines without a running server. test CHANNEL: sends one message. replay: what " +
    "these rules would have raised lately, without forecasts and failures, which are not stored. budget ACCOUNT " +
    "AMOUNT: alerts you when the account spends more in a calendar month; 0 for no budget.",
  feeds: "add NAME: prints the address, only once; anyone who has it can read the feed without a sign-in. " +
    "revoke NAME: the address stops working, also on a running server.",
  channels:
    "types: the available types, and the settings of each. add NAME TYPE: settings come from --set, secrets are asked " +
    "for without showing them, or read from --stdin as lines of NAME=value; they are stored encrypted. change NAME: " +
    "other kinds, hours or summaries. test: sends one message and reports the result. A command of your own is set " +
    "in the config file, under [hooks.NAME], and becomes a channel.",
  start:
    "Waits until the server answers, prints what it watches, and exits. In a container, and with --debug, it " +
    "stays in the foreground.",
  stop: "Asks it to stop and waits: requests and polls in progress get a few seconds. Only servers of this " +
    "user are stopped, and never by their name.",
  restart: "Options you give replace those it was started with. Starts the server if it is not running.",
  service: "Changes everything or nothing. Never touches files it did not create.",
  health: "For the health check of a container or a supervisor. It prints one line and stores nothing.",
  horizon:
    "What is left is a forecast; resets are as vendors report them. Nothing is forecast after a reset.",
  notes: "A note is shown on the charts of its account, or of all, and exported by `export --what notes`. " +
    "change and remove take the id, or enough of its first letters to identify it.",
  completion:
    "Accounts and quotas are completed from what is stored. bash: source <(syntrack completion bash). zsh: write it to " +
    "a file _syntrack in a folder of $fpath. fish: write it to ~/.config/fish/completions/syntrack.fish. PowerShell: " +
    "syntrack completion powershell | Out-String | Invoke-Expression.",
  status:
    "--long shows everything known about each quota, --brief one line, --format that line for the bar of another " +
    "program. Only --long and --json look for logins; the others show stored readings.",
  statusline:
    "Without install or uninstall it reads the tool's JSON on stdin, prints one line, contacts no vendor, and exits " +
    "with 0 in every case. install writes the command into the tool's settings.json, after asking and with a " +
    "copy of the file beside it; an existing status line is still printed. uninstall restores it.",
  export:
    "Every export can be imported again. Readings, the default, matter most: buckets, cycles and sessions are " +
    "computed from them, and are worth exporting once readings have expired. Notes are those written with " +
    "`syntrack notes`. `--what everything` moves a whole database to another engine, including users, keys and " +
    "encrypted credentials: keep that file as private as the database.",
  import:
    "Readings: sums, cycles and sessions are recalculated from the imported and the stored readings, so exports of " +
    "several machines become one history; duplicates are skipped. Importing older readings requires that all " +
    "readings of their account are still stored. Buckets, cycles and sessions: missing ones of known quotas are " +
    "added, stored ones stay unchanged, and both are counted. Notes: missing ones are added. An export of " +
    "everything can only be imported into an empty database.",
  update:
    "Only when you run it; nothing else contacts the release server. The checksums must be signed by a key this program trusts, and the " +
    "archive must match them. If the new version does not answer within 20 seconds, the previous one is restored. " +
    "SYNTRACK_UPDATE_URL names a mirror, SYNTRACK_UPDATE_KEY the public key of your own builds; only variables of the process count.",
  watch:
    "Reads what is stored on this machine and contacts no vendor. Keys: q, j and k, arrows, PgUp and PgDn, g and G, r, ?. " +
    "Without a terminal, or with --once, it prints one frame and exits.",
};
