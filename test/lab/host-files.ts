import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureFolder, writeFile } from './ssh.ts';
import type { Suite } from './suites.ts';

export interface HostIdentity {
  readonly name: string;
  readonly uuid: string;
  readonly suite: Suite;
}

const BOOT = `set -eu
mkdir -p /run/sshd /var/log/libvirt
/usr/sbin/sshd -E /var/log/sshd.log
/usr/sbin/libvirtd --daemon
exec sleep infinity
`;

const SSHD = `HostKey /etc/ssh/ssh_host_ed25519_key
HostKey /etc/ssh/ssh_host_ecdsa_key
AuthorizedKeysFile /etc/lab/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
# An editor, a test and a migration may all connect at once.
MaxStartups 100
MaxSessions 100
Subsystem sftp internal-sftp
`;

const SSH = `Host *
  GlobalKnownHostsFile /etc/lab/known_hosts
  StrictHostKeyChecking yes
  ConnectTimeout 10
`;

const NETWORK = `<network>
  <name>default</name>
  <uuid>6c3b0c3e-25f2-4f9c-9a4e-000000000001</uuid>
  <forward mode='bridge'/>
  <bridge name='br-guest'/>
</network>
`;

const POOL = `<pool type='dir'>
  <name>default</name>
  <uuid>6c3b0c3e-25f2-4f9c-9a4e-000000000002</uuid>
  <target><path>/var/lib/libvirt/images</path></target>
</pool>
`;

function libvirtdConf(uuid: string): string {
  return `# Without this both hosts have the machine's UUID: "Attempt to migrate guest to the same host".
host_uuid = "${uuid}"
auth_unix_ro = "none"
auth_unix_rw = "none"
log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
`;
}

function qemuConf(suite: Suite): string {
  const common = `user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = []
namespaces = []
stdio_handler = "file"
remember_owner = 0
dynamic_ownership = 0
migrate_tls_x509_verify = 1
`;
  // libvirt 9.0 (bookworm) does not have it: there migrating on /srv/shared needs --unsafe.
  return suite === 'bookworm' ? common : `${common}shared_filesystems = ["/srv/shared"]\n`;
}

/**
 * Writes everything that makes the userland this host into `seed`, laid out as the host's file tree. The host keys and
 * root's key must already be there (etc/ssh, root/.ssh).
 */
export function writeHostFiles(seed: string, host: HostIdentity): void {
  const files: readonly (readonly [path: string, text: string, mode?: number])[] = [
    ['etc/hostname', `${host.name}\n`],
    ['etc/machine-id', `${host.uuid.replaceAll('-', '')}\n`],
    ['etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\nservices: files\n'],
    ['etc/ssh/sshd_config', SSHD],
    ['etc/ssh/ssh_config.d/lab.conf', SSH],
    ['etc/libvirt/libvirtd.conf', libvirtdConf(host.uuid)],
    ['etc/libvirt/qemu.conf', qemuConf(host.suite)],
    ['etc/libvirt/libvirt.conf', 'uri_default = "qemu:///system"\n'],
    ['etc/libvirt/qemu/networks/default.xml', NETWORK],
    ['etc/libvirt/storage/default.xml', POOL],
    ['usr/local/sbin/lab-boot', BOOT, 0o755],
  ];
  ensureFolder(join(seed, 'root'), 0o700);
  ensureFolder(join(seed, 'root/.ssh'), 0o700);
  for (const [path, text, mode] of files) {
    mkdirSync(dirname(join(seed, path)), { recursive: true });
    writeFile(join(seed, path), text, mode);
  }
  link(seed, 'etc/hosts', '/etc/lab/hosts');
  link(seed, 'etc/libvirt/qemu/networks/autostart/default.xml', '../default.xml');
  link(seed, 'etc/libvirt/storage/autostart/default.xml', '../default.xml');
}

function link(seed: string, path: string, target: string): void {
  mkdirSync(dirname(join(seed, path)), { recursive: true });
  symlinkSync(target, join(seed, path));
}
