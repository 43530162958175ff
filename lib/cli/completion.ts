/** Completions for four shells, generated from the table of commands, so that they cannot drift from it. */
import { type CommandRow, COMMANDS, GLOBAL_OPTIONS, globalOptions, type OptionRow } from "./table.ts";
import type { Shell } from "./table_shell.ts";

/** Options whose values are stored names. */
const STORED: Readonly<Record<string, string>> = {
  account: "accounts",
  quota: "quotas",
  provider: "providers",
};
/** Options whose values are files. */
const FILES = ["db", "config", "output", "file", "keep"];

export function writeCompletion(shell: Shell): string {
  return { bash: completeBash, zsh: completeZsh, fish: completeFish, powershell: completePowershell }
    [shell]();
}

const rows: readonly CommandRow[] = COMMANDS;

function listOptions(row: CommandRow): readonly OptionRow[] {
  return [...row.options, ...globalOptions(row.name)];
}

function listFlags(row: CommandRow): readonly string[] {
  return [
    ...listOptions(row).flatMap(({ name, short }) => [`--${name}`, ...short ? [`-${short}`] : []]),
    "--help",
  ];
}

function listWords(row: CommandRow): readonly string[] {
  return row.operands?.[0]?.choices ?? [];
}

/** Returns the known values of an option, its choices, or null. */
function listChoices(command: string, { choices }: OptionRow): readonly string[] | null {
  return command !== "" && choices ? choices : null;
}

function completeBash(): string {
  const cases = rows.map((row) =>
    `    ${row.name}) words="${[...listWords(row), ...listFlags(row)].join(" ")}" ;;`
  );
  const values = rows.flatMap((row) =>
    row.options.flatMap((option) => {
      const choices = listChoices(row.name, option);
      const spellings = [`--${option.name}`, ...option.short ? [`-${option.short}`] : []];
      return choices
        ? spellings.map((flag) => `    "${row.name} ${flag}") words="${choices.join(" ")}" ;;`)
        : [];
    })
  );
  return `# Completions of syntrack for bash. source <(syntrack completion bash)
_syntrack() {
  local cur prev command words word
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) command="$word"; break ;; esac
  done
  words=""
  case "$prev" in
${
    Object.entries(STORED).map(([name, kind]) =>
      `    --${name}) words="$(syntrack completion --names ${kind} 2>/dev/null)" ;;`
    ).join("\n")
  }
${FILES.map((name) => `    --${name}) COMPREPLY=($(compgen -f -- "$cur")); return ;;`).join("\n")}
  esac
  [ -n "$words" ] || case "$command $prev" in
${values.join("\n")}
  esac
  [ -n "$words" ] || case "$command" in
    "") words="${rows.map(({ name }) => name).join(" ")} help --help --version" ;;
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _syntrack syntrack
`;
}

function completeZsh(): string {
  const quote = (text: string) => text.replace(/[[\]:\\]/g, "\\$&").replaceAll("'", "'\\''");
  const formatOption = (row: CommandRow, one: OptionRow) => {
    const { name, help, value } = one;
    const choices = listChoices(row.name, one);
    const kind = STORED[name];
    const action = choices
      ? `(${choices.join(" ")})`
      : kind
      ? `{_syntrack_names ${kind}}`
      : FILES.includes(name)
      ? "_files"
      : " ";
    return `      '--${name}[${quote(help)}]${value === undefined ? "" : `:${quote(value)}:${action}`}'`;
  };
  const cases = rows.map((row) =>
    `    ${row.name})
      _arguments \\
${
      [
        ...listOptions(row).map((one) => formatOption(row, one)),
        "      '--help[print help]'",
        ...listWords(row).length > 0 ? [`      '1:action:(${listWords(row).join(" ")})'`] : [],
      ].join(" \\\n")
    } ;;`
  );
  return `#compdef syntrack
# Completions of syntrack for zsh: a file _syntrack in a folder of $fpath.
_syntrack_names() {
  local -a names
  names=(\${(f)"$(syntrack completion --names $1 2>/dev/null)"})
  compadd -a names
}
_syntrack() {
  local -a commands
  commands=(
${rows.map(({ name, summary }) => `    '${name}:${quote(summary)}'`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
compdef _syntrack syntrack
`;
}

function completeFish(): string {
  const quote = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = rows.flatMap((row) => {
    const when = `-n '__fish_seen_subcommand_from ${row.name}'`;
    return [
      `complete -c syntrack -f -n __fish_use_subcommand -a ${row.name} -d ${quote(row.summary)}`,
      ...listWords(row).length > 0
        ? [`complete -c syntrack -f ${when} -a ${quote(listWords(row).join(" "))}`]
        : [],
      ...row.options.map((one) => fishOption(row.name, one, when, quote)),
    ];
  });
  const globals = GLOBAL_OPTIONS.map((one) => fishOption("", one, "", quote));
  return `# Completions of syntrack for fish: ~/.config/fish/completions/syntrack.fish
${[...lines, ...globals].join("\n")}
`;
}

function fishOption(command: string, one: OptionRow, when: string, quoted: (text: string) => string): string {
  const { name, short, help, value } = one;
  const choices = listChoices(command, one);
  const kind = STORED[name];
  const words = choices
    ? `-x -a ${quoted(choices.join(" "))}`
    : kind
    ? `-x -a '(syntrack completion --names ${kind} 2>/dev/null)'`
    : value === undefined
    ? ""
    : FILES.includes(name)
    ? "-r -F"
    : "-x";
  return ["complete -c syntrack", when, `-l ${name}`, short ? `-s ${short}` : "", words, `-d ${quoted(help)}`]
    .filter((part) => part !== "").join(" ");
}

function completePowershell(): string {
  const list = (words: readonly string[]) =>
    `@(${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(", ")})`;
  const commands = rows.map((row) => `    '${row.name}' = ${list([...listWords(row), ...listFlags(row)])}`);
  const values = rows.flatMap((row) =>
    row.options.flatMap((option) => {
      const choices = listChoices(row.name, option);
      return choices ? [`    '${row.name} --${option.name}' = ${list(choices)}`] : [];
    })
  );
  return `# Completions of syntrack for PowerShell: syntrack completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName syntrack -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = @{
${commands.join("\n")}
  }
  $values = @{
${values.join("\n")}
  }
  $stored = @{ ${Object.entries(STORED).map(([name, kind]) => `'--${name}' = '${kind}'`).join("; ")} }
  $elements = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -ne '' -and $elements.Count -gt 0) {
    $elements = @($elements | Select-Object -First ($elements.Count - 1))
  }
  $command = $elements | Where-Object { -not $_.StartsWith('-') } | Select-Object -First 1
  $previous = $elements | Select-Object -Last 1
  $words = if ($previous -and $stored.ContainsKey($previous)) {
    syntrack completion --names $stored[$previous]
  } elseif ($command -and $values.ContainsKey("$command $previous")) {
    $values["$command $previous"]
  } elseif ($command -and $commands.ContainsKey($command)) {
    $commands[$command]
  } else {
    $commands.Keys | Sort-Object
  }
  $words | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}
