/** Where sshd of a held host finds its own: all under the state folder, which is root's alone and on tmpfs. */
export interface SshdPlaces {
  readonly folder: string;
  readonly config: string;
  readonly hostKey: string;
  readonly authorizedKeys: string;
}

export const SSH_PORT = 22;
/** Not `ssh.service`: what the image or an overlay says about that one is not relied upon. */
export const SSHD_UNIT = "vetting-sshd.service";

export function sshdPlaces(stateDir: string): SshdPlaces {
  const folder = `${stateDir}/ssh`;
  return {
    folder,
    config: `${folder}/sshd_config`,
    hostKey: `${folder}/host_ed25519_key`,
    authorizedKeys: `${folder}/authorized_keys`,
  };
}

/**
 * Root by the operator's keys, and nothing else. One host key, so that the fingerprint which is posted is the one
 * that every client sees. Without PAM, whose session modules would move a session out of the unit's control group,
 * where stopping the unit would not end it.
 */
export function sshdConfig({ hostKey, authorizedKeys }: SshdPlaces): string {
  return `${[
    `Port ${SSH_PORT}`,
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${authorizedKeys}`,
    "AllowUsers root",
    "PermitRootLogin prohibit-password",
    "AuthenticationMethods publickey",
    "PubkeyAuthentication yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "HostbasedAuthentication no",
    "PermitEmptyPasswords no",
    "PermitUserEnvironment no",
    "StrictModes yes",
    "UsePAM no",
    // A held host is no way into the lab for others.
    "DisableForwarding yes",
    "PrintMotd yes",
    "PrintLastLog no",
    "UseDNS no",
    "LoginGraceTime 30",
    "MaxAuthTries 3",
    "ClientAliveInterval 30",
    "ClientAliveCountMax 4",
    "PidFile none",
    "Subsystem sftp internal-sftp",
  ].join("\n")}\n`;
}

/** A unit of its own, so that a restart of the agent leaves an investigator's session alone. */
export function sshdUnit({ config }: SshdPlaces): string {
  return `${[
    "[Unit]",
    "Description=SSH into a host whose vetting run holds",
    // The live image boots to the agent and not by way of basic.target.
    "DefaultDependencies=no",
    "Conflicts=shutdown.target",
    "Before=shutdown.target",
    "",
    "[Service]",
    "Type=exec",
    // Privilege separation wants /run/sshd.
    "RuntimeDirectory=sshd",
    "RuntimeDirectoryMode=0755",
    // Where sshd enters its sessions, and wall finds them.
    "ExecStartPre=-/usr/bin/touch /run/utmp",
    `ExecStart=/usr/sbin/sshd -D -e -f ${config}`,
    // Sessions, and what they left in the background, end with the hold.
    "KillMode=control-group",
    "SendSIGHUP=yes",
    "TimeoutStopSec=5",
    // The way in outlives whatever an investigator runs; sshd gives its sessions the usual score.
    "OOMScoreAdjust=-900",
  ].join("\n")}\n`;
}
