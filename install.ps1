# Installs syntrack on Windows for the current user: downloads a release, verifies its signature and checksum, and puts
# it into ~\.syntrack. Nothing is installed without verification. Running it again only changes what differs.
#
#   powershell -ExecutionPolicy Bypass -File install.ps1 [-Version V] [-Prefix DIR] [-EnvFile FILE] [-NoService]
#     [-Offline ARCHIVE] [-AllowUnverified]
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Uninstall [-Purge]
#
# For PowerShell 5.1, which comes with Windows, and later.
[CmdletBinding()]
param(
  [string]$Version = '',
  [string]$Prefix = '',
  [string]$EnvFile = '',
  [string]$Offline = '',
  [switch]$NoService,
  [switch]$AllowUnverified,
  [switch]$Uninstall,
  [switch]$Purge
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# Written by `deno task release-key`; the program contains the same values.
$ReleasesUrl = 'https://syntrack.invalid/releases'
$ReleaseKeys = ''

function Stop-Install([string]$Message, [string]$Hint = '') {
  [Console]::Error.WriteLine("install.ps1: $Message")
  if ($Hint -ne '') { [Console]::Error.WriteLine("  $Hint") }
  exit 1
}

# A program's exit code, its output and what it says on stderr as one text.
function Invoke-Program([string]$File, [string[]]$Arguments) {
  $before = $ErrorActionPreference
  $ErrorActionPreference = 'Continue'
  try {
    $output = & $File @Arguments 2>&1 | ForEach-Object { "$_" }
    return @{ Code = $LASTEXITCODE; Text = (@($output) -join "`n").Trim() }
  } catch {
    return @{ Code = 127; Text = "$_" }
  } finally {
    $ErrorActionPreference = $before
  }
}

$data = Join-Path $HOME '.syntrack'
if ($Prefix -eq '') { $Prefix = $data }
$Prefix = [IO.Path]::GetFullPath([IO.Path]::Combine((Get-Location).Path, $Prefix))
$bin = Join-Path $Prefix 'bin'
$program = Join-Path $bin 'syntrack.exe'
$Version = $Version -replace '^v', ''
if ($Version -ne '' -and $Version -notmatch '^[0-9A-Za-z.-]+$') {
  Stop-Install "`"$Version`" is not a version" 'Use a version such as -Version 0.2.0'
}

# The parts of the person's path as they are written: with %USERPROFILE% and the like, which stay so.
function Get-UserPath {
  $path = (Get-Item -LiteralPath 'HKCU:\Environment').GetValue('Path', '', 'DoNotExpandEnvironmentNames')
  return @("$path" -split ';' | Where-Object { $_ -ne '' })
}

function Set-UserPath([string[]]$Parts) {
  Set-ItemProperty -LiteralPath 'HKCU:\Environment' -Name 'Path' -Value ($Parts -join ';') -Type ExpandString
  # Windows that are open hear of a change to the registry only where a variable is set by this; so one comes and goes.
  $name = 'SYNTRACK_' + [Guid]::NewGuid().ToString('N')
  [Environment]::SetEnvironmentVariable($name, 'x', 'User')
  [Environment]::SetEnvironmentVariable($name, $null, 'User')
}

function Test-OwnPart([string]$Part) {
  return [Environment]::ExpandEnvironmentVariables($Part).TrimEnd('\') -eq $bin
}

# Others may have files in the same folder.
function Remove-EmptyFolder([string]$Path) {
  if ((Test-Path -LiteralPath $Path) -and @(Get-ChildItem -LiteralPath $Path -Force).Count -eq 0) {
    Remove-Item -LiteralPath $Path -Force
  }
}

if ($Uninstall) {
  if (Test-Path -LiteralPath $program) {
    $null = Invoke-Program $program @('service', 'uninstall')
    $null = Invoke-Program $program @('stop')
  }
  $share = Join-Path $Prefix 'share'
  $shared = @(
    'man\man1\syntrack.1', 'completions\bash\syntrack', 'completions\zsh\_syntrack',
    'completions\fish\syntrack.fish', 'completions\powershell\syntrack.ps1'
  ) | ForEach-Object { Join-Path $share $_ }
  foreach ($file in @($program, "$program.previous", "$program.failed", (Join-Path $Prefix 'LICENCES.txt')) + $shared) {
    if (Test-Path -LiteralPath $file) { Remove-Item -LiteralPath $file -Force }
  }
  foreach ($file in $shared) { Remove-EmptyFolder (Split-Path -Parent $file) }
  foreach ($folder in @((Join-Path $share 'man'), (Join-Path $share 'completions'), $share, $bin)) { Remove-EmptyFolder $folder }
  $path = @(Get-UserPath)
  $others = @($path | Where-Object { -not (Test-OwnPart $_) })
  if ($others.Count -ne $path.Count) { Set-UserPath $others }
  if ($Purge) {
    if (Test-Path -LiteralPath $data) { Remove-Item -LiteralPath $data -Recurse -Force }
    Write-Output "Removed syntrack with all data, settings and logs in $data"
  } else {
    Write-Output "Removed syntrack. Data, settings and logs stay in $data; -Purge removes them as well"
  }
  exit 0
}
if ($Purge) { Stop-Install '-Purge requires -Uninstall' }

# The executable for x64 also runs on arm64, which Windows 11 emulates.
$platform = 'windows-x64'
if (-not [Environment]::Is64BitOperatingSystem) {
  Stop-Install 'There is no executable for 32-bit systems' 'Run it from a clone, with Deno'
}
if ($null -eq (Get-Command tar.exe -ErrorAction SilentlyContinue)) {
  Stop-Install 'tar.exe is missing, which comes with Windows since version 1803' 'Update Windows, or unpack the archive by hand'
}

$url = $ReleasesUrl
if ("$env:SYNTRACK_UPDATE_URL" -ne '') { $url = $env:SYNTRACK_UPDATE_URL }
$url = $url.TrimEnd('/')
$keys = @("$ReleaseKeys $env:SYNTRACK_UPDATE_KEY" -split '[\s,]+' | Where-Object { $_ -ne '' })
if ($keys.Count -eq 0) {
  Stop-Install 'No release of syntrack is public yet, so there is nothing to install, and nothing was contacted' `
    'For releases of your own, set SYNTRACK_UPDATE_URL and SYNTRACK_UPDATE_KEY; see docs/install.md'
}
if ($url -notmatch '^(https://|http://(127\.0\.0\.1|localhost|\[::1\]):)') {
  Stop-Install "$url is not the address of a release server" 'It must start with https://'
}
# PowerShell 5.1 offers older protocols first.
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor 3072

$work = Join-Path ([IO.Path]::GetTempPath()) ('syntrack-install-' + [Guid]::NewGuid().ToString('N'))
$null = New-Item -ItemType Directory -Path $work

function Get-ReleaseFile([string]$From, [string]$To) {
  try {
    Invoke-WebRequest -Uri $From -OutFile $To -UseBasicParsing -TimeoutSec 900
  } catch {
    Stop-Install "Cannot fetch ${From}: $($_.Exception.Message)" 'Nothing was changed'
  }
}

function Write-Key([string]$Key, [string]$Path) {
  # The twelve bytes before the key say that it is one of Ed25519.
  [IO.File]::WriteAllText($Path, "-----BEGIN PUBLIC KEY-----`nMCowBQYDK2VwAyEA$Key`n-----END PUBLIC KEY-----`n")
}

function Test-Signature([string]$OpenSsl, [string]$Key, [string]$File, [string]$Signature) {
  $pem = Join-Path $work 'key.pem'
  Write-Key $Key $pem
  $ran = Invoke-Program $OpenSsl @('pkeyutl', '-verify', '-pubin', '-inkey', $pem, '-rawin', '-in', $File, '-sigfile', $Signature)
  return $ran.Code -eq 0
}

# Windows has nothing that checks Ed25519; Git for Windows brings an openssl that does. It is given the key and the
# signature of test 2 of RFC 8032, so that "cannot" is told from "is not".
function Find-OpenSsl {
  $text = Join-Path $work 'rfc.txt'
  $signature = Join-Path $work 'rfc.sig'
  [IO.File]::WriteAllText($text, 'r')
  [IO.File]::WriteAllBytes($signature, [Convert]::FromBase64String(
      'kqAJqfDUyrhyDoILX2QlQKKye1QWUD+Ps3YiI+vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA=='))
  $places = @('openssl')
  foreach ($root in @($env:ProgramFiles, ${env:ProgramFiles(x86)}, (Join-Path "$env:LOCALAPPDATA" 'Programs'))) {
    if ("$root" -ne '') { $places += Join-Path $root 'Git\usr\bin\openssl.exe' }
  }
  foreach ($place in $places) {
    if ($null -eq (Get-Command $place -ErrorAction SilentlyContinue)) { continue }
    if (Test-Signature $place 'PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=' $text $signature) { return $place }
  }
  return $null
}

function Assert-Signed([string]$Sums, [string]$Signature) {
  $openssl = Find-OpenSsl
  if ($null -eq $openssl) {
    if ($AllowUnverified) {
      Write-Warning 'The signature could not be verified: openssl 3 is missing. The checksum only shows that the download is complete'
      return
    }
    Stop-Install 'The signature cannot be verified here: openssl 3 is required, which comes with Git for Windows' `
      'Install it, or use -AllowUnverified. Nothing was changed'
  }
  foreach ($key in $keys) {
    if (Test-Signature $openssl $key $Sums $Signature) {
      Write-Output 'Signature verified'
      return
    }
  }
  Stop-Install 'The release is not signed by a key this installer trusts' `
    'Nothing was changed. Do not install it from there. To verify it by hand, see docs/install.md'
}

# For its owner alone, as 0600 is elsewhere.
function Protect-File([string]$Path) {
  $who = [Security.Principal.WindowsIdentity]::GetCurrent().Name
  $null = Invoke-Program 'icacls.exe' @($Path, '/inheritance:r', '/grant:r', "${who}:F")
}

try {
  $sums = Join-Path $work 'SHA256SUMS'
  $signature = Join-Path $work 'SHA256SUMS.sig'
  if ($Offline -ne '') {
    if (-not (Test-Path -LiteralPath $Offline)) { Stop-Install "$Offline does not exist" }
    $Offline = (Resolve-Path -LiteralPath $Offline).ProviderPath
    foreach ($file in @('SHA256SUMS', 'SHA256SUMS.sig')) {
      $beside = Join-Path (Split-Path -Parent $Offline) $file
      if (-not (Test-Path -LiteralPath $beside)) {
        Stop-Install "$file is missing beside $Offline" 'Copy it from the same release'
      }
      Copy-Item -LiteralPath $beside -Destination (Join-Path $work $file)
    }
  } else {
    $folder = "$url/latest/download"
    if ($Version -ne '') { $folder = "$url/download/v$Version" }
    Get-ReleaseFile "$folder/SHA256SUMS" $sums
    Get-ReleaseFile "$folder/SHA256SUMS.sig" $signature
  }
  Assert-Signed $sums $signature

  # From here on what SHA256SUMS says is what was signed.
  $wanted = @{}
  foreach ($line in [IO.File]::ReadAllText($sums) -split "`n") {
    if ($line -cmatch '^([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._+-]*)$') { $wanted[$Matches[2]] = $Matches[1] }
  }
  $pattern = '^syntrack-([0-9A-Za-z.-]+)-' + $platform + '\.tar\.gz$'
  if ($Offline -ne '') { $name = Split-Path -Leaf $Offline }
  else { $name = @($wanted.Keys | Where-Object { $_ -match $pattern })[0] }
  if ("$name" -notmatch $pattern -or -not $wanted.ContainsKey($name)) {
    Stop-Install "That release has no archive for $platform" 'Run it from a clone, with Deno'
  }
  $found = $name -replace $pattern, '$1'
  if ($Version -ne '' -and $Version -ne $found) {
    Stop-Install "Version $Version was requested, but the release is $found" 'Nothing was changed'
  }
  $archive = Join-Path $work $name
  if ($Offline -ne '') { Copy-Item -LiteralPath $Offline -Destination $archive }
  else { Get-ReleaseFile "$url/download/v$found/$name" $archive }
  $sum = (Get-FileHash -LiteralPath $archive -Algorithm SHA256).Hash.ToLowerInvariant()
  if ($sum -cne $wanted[$name]) {
    Stop-Install "$name is not the signed file: its SHA-256 differs" 'Nothing was changed. Do not install it from there'
  }
  Write-Output 'Checksum verified'

  $ran = Invoke-Program 'tar.exe' @('-xzf', $archive, '-C', $work)
  if ($ran.Code -ne 0) { Stop-Install "$name cannot be unpacked: $($ran.Text)" 'Nothing was changed' }
  $unpacked = Join-Path $work ($name -replace '\.tar\.gz$', '')
  $new = Join-Path $unpacked 'syntrack.exe'
  $ran = Invoke-Program $new @('--version')
  if ($ran.Text -ne "syntrack $found") { Stop-Install "The executable of $found says: $($ran.Text)" 'Nothing was changed' }

  $isThere = Test-Path -LiteralPath $program
  $isSame = $isThere -and (Get-FileHash -LiteralPath $program).Hash -eq (Get-FileHash -LiteralPath $new).Hash
  if ($isSame) {
    Write-Output "syntrack $found is already installed: $program"
  } else {
    $null = New-Item -ItemType Directory -Force -Path $bin
    $part = "$program.part"
    Copy-Item -LiteralPath $new -Destination $part -Force
    if ($isThere) {
      # An executable that runs can be renamed, and not replaced.
      $previous = "$program.previous"
      if (Test-Path -LiteralPath $previous) { Remove-Item -LiteralPath $previous -Force }
      Move-Item -LiteralPath $program -Destination $previous
      try { Move-Item -LiteralPath $part -Destination $program }
      catch {
        Move-Item -LiteralPath $previous -Destination $program
        throw
      }
      Write-Output 'The running server is still the previous version. Restart it with: syntrack restart'
    } else {
      Move-Item -LiteralPath $part -Destination $program
    }
    Write-Output "Installed syntrack ${found}: $program"
  }
  foreach ($file in @('LICENCES.txt', 'share')) {
    $from = Join-Path $unpacked $file
    if (Test-Path -LiteralPath $from) { Copy-Item -LiteralPath $from -Destination $Prefix -Recurse -Force }
  }

  $path = @(Get-UserPath)
  if (@($path | Where-Object { Test-OwnPart $_ }).Count -eq 0) {
    Set-UserPath ($path + $bin)
    Write-Output 'Added to your PATH for new windows'
  }

  $null = New-Item -ItemType Directory -Force -Path $data
  $envPath = Join-Path $data '.env'
  if (-not (Test-Path -LiteralPath $envPath)) {
    $lines = @()
    if ($EnvFile -ne '') {
      if (-not (Test-Path -LiteralPath $EnvFile)) { Stop-Install "$EnvFile does not exist" "syntrack is installed; write keys to $envPath" }
      $lines = @(Get-Content -LiteralPath $EnvFile)
    } elseif ([Environment]::UserInteractive -and -not [Console]::IsInputRedirected) {
      Write-Output 'Enter the keys you have, or leave them empty. Logins of Claude Code, Codex and other tools are found automatically.'
      foreach ($key in @('SYNTHETIC_API_KEY', 'ZAI_API_KEY')) {
        $secret = Read-Host -Prompt $key -AsSecureString
        $text = [Net.NetworkCredential]::new('', $secret).Password
        if ($text -ne '') { $lines += "$key=$text" }
      }
    } else {
      Write-Output "There is no terminal to ask for keys. Write them to $envPath, or use syntrack setup"
    }
    # Empty and closed to others first, so that no key is ever open to them.
    [IO.File]::WriteAllText($envPath, '')
    Protect-File $envPath
    [IO.File]::WriteAllText($envPath, (($lines | ForEach-Object { "$_`n" }) -join ''))
  } else {
    Protect-File $envPath
  }

  if (-not $NoService) {
    if ($isSame -and (Invoke-Program $program @('service', 'status')).Code -eq 0) {
      Write-Output 'The service is already installed'
    } else {
      $ran = Invoke-Program $program @('service', 'install')
      if ($ran.Code -eq 0) { Write-Output $ran.Text }
      else {
        Write-Output "No service was installed: $(@($ran.Text -split "`n")[0])"
        Write-Output 'To start it in the background, run: syntrack'
      }
    }
  }
} finally {
  Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction SilentlyContinue
}
