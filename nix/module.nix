# services.syntrack: the server of a machine, as a user of its own, hardened like deploy/systemd/syntrack.service.
self:
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.syntrack;
in
{
  options.services.syntrack = {
    enable = lib.mkEnableOption "the Syntrack server";
    package = lib.mkOption {
      type = lib.types.package;
      default = self.packages.${pkgs.stdenv.hostPlatform.system}.syntrack;
      defaultText = lib.literalExpression "syntrack.packages.\${system}.syntrack";
      description = "The program.";
    };
    user = lib.mkOption {
      type = lib.types.str;
      default = "syntrack";
      description = "The user it runs as; made unless another is named.";
    };
    group = lib.mkOption {
      type = lib.types.str;
      default = "syntrack";
      description = "The group it runs as; made unless another is named.";
    };
    port = lib.mkOption {
      type = lib.types.port;
      default = 9211;
      description = "The port of the dashboard.";
    };
    host = lib.mkOption {
      type = lib.types.str;
      default = "127.0.0.1";
      description = "Where it listens. Others than this machine are only served once somebody can sign in.";
    };
    openFirewall = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = "Whether others may reach the port.";
    };
    environment = lib.mkOption {
      type = lib.types.attrsOf lib.types.str;
      default = { };
      example = {
        SYNTRACK_POLL_INTERVAL = "300";
      };
      description = "Settings, as docs/configuration.md names them. Everybody can read them: no secrets.";
    };
    credentials = lib.mkOption {
      type = lib.types.attrsOf lib.types.path;
      default = { };
      example = {
        SYNTHETIC_API_KEY = "/run/secrets/synthetic";
      };
      description = "Secrets by the name of their variable: files outside of the store, which systemd hands over.";
    };
    environmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "A file of variables outside of the store.";
    };
  };

  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ cfg.package ];

    users.users = lib.mkIf (cfg.user == "syntrack") {
      syntrack = {
        isSystemUser = true;
        group = cfg.group;
        home = "/var/lib/syntrack";
      };
    };
    users.groups = lib.mkIf (cfg.group == "syntrack") { syntrack = { }; };

    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall [ cfg.port ];

    systemd.services.syntrack = {
      description = "Syntrack, quotas of AI subscriptions";
      wantedBy = [ "multi-user.target" ];
      wants = [ "network-online.target" ];
      after = [ "network-online.target" ];
      startLimitIntervalSec = 300;
      startLimitBurst = 10;
      environment = {
        HOME = "/var/lib/syntrack";
        SYNTRACK_PORT = toString cfg.port;
        SYNTRACK_HOST = cfg.host;
      }
      // cfg.environment;
      serviceConfig = {
        Type = "exec";
        ExecStart = "${lib.getExe cfg.package} serve";
        Restart = "on-failure";
        RestartSec = 5;
        TimeoutStopSec = 15;
        SyslogIdentifier = "syntrack";
        User = cfg.user;
        Group = cfg.group;
        StateDirectory = "syntrack";
        StateDirectoryMode = "0700";
        WorkingDirectory = "/var/lib/syntrack";
        LoadCredential = lib.mapAttrsToList (name: path: "${name}:${path}") cfg.credentials;
        EnvironmentFile = lib.optional (cfg.environmentFile != null) cfg.environmentFile;
        UMask = "0077";
        MemoryHigh = "256M";
        MemoryMax = "512M";
        NoNewPrivileges = true;
        LockPersonality = true;
        RestrictRealtime = true;
        RestrictSUIDSGID = true;
        RestrictNamespaces = true;
        RestrictAddressFamilies = [
          "AF_INET"
          "AF_INET6"
          "AF_UNIX"
          "AF_NETLINK"
        ];
        SystemCallArchitectures = "native";
        SystemCallFilter = [
          "@system-service"
          "~@privileged @resources"
        ];
        SystemCallErrorNumber = "EPERM";
        CapabilityBoundingSet = "";
        AmbientCapabilities = "";
        ProtectSystem = "strict";
        ProtectHome = true;
        ProtectProc = "invisible";
        ProcSubset = "pid";
        PrivateTmp = true;
        PrivateDevices = true;
        PrivateUsers = true;
        PrivateIPC = true;
        DevicePolicy = "closed";
        ProtectClock = true;
        ProtectHostname = true;
        ProtectKernelLogs = true;
        ProtectKernelModules = true;
        ProtectKernelTunables = true;
        ProtectControlGroups = true;
        RemoveIPC = true;
        KeyringMode = "private";
      };
    };
  };
}
