import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import type { Report } from '../rule.ts';

type Fault = Pick<Report, 'message' | 'severity'>;

/** What libvirt refuses in a migration URI whose scheme it knows (`qemuMigrationDstPrepareDirect`). */
function fault(uri: string): Fault | undefined {
  const match = /^(tcp|rdma|unix):(?:\/\/)?(.*)$/.exec(uri);
  if (match === null) return undefined;
  const [, scheme = '', rest = ''] = match;
  if (scheme === 'unix') {
    if (rest.startsWith('/')) return undefined;
    return {
      message: say(
        '“{0}” needs the absolute path of a socket, as in unix:///run/migration.sock; libvirt would look for it in a folder of its own: “Failed to connect socket”.',
        uri,
      ),
    };
  }
  const authority = /^(\[[^\]]*\]|[^:/]*)(?::([^/]*))?(?:\/.*)?$/.exec(rest);
  // More than one colon before the path: an address that the port cannot be told from.
  if (authority === null || authority[2]?.includes(':') === true) {
    return {
      message: say(
        '“{0}” has no host that libvirt can read: “Unable to parse URI {0}”. An IPv6 address stands in brackets.',
        uri,
      ),
    };
  }
  const [, host = '', port = ''] = authority;
  if (host === '' || host === '[]') {
    return {
      message: say(
        '“{0}” names no host; libvirt refuses: “missing host in migration URI: {0}”. Write the address of the destination.',
        uri,
      ),
    };
  }
  // Without a port, or with 0, libvirt takes a free one.
  if (port === '' || (/^\d{1,5}$/.test(port) && Number(port) <= 65535)) return undefined;
  return {
    severity: 'warning',
    message: say(
      'The port in “{0}” is not a number up to 65535; libvirt passes it on, and the migration goes through another port than the one that is written.',
      uri,
    ),
  };
}

export default defineRule({
  id: 'uri-scheme',
  severity: 'error',
  summary: say('The migration address is one that libvirt can read.'),
  needs: [],
  since: 'libvirt 1.0',
  check(migration, _facts, report) {
    const uri = migration.model.policy?.migrateUri;
    const found = uri === undefined ? undefined : fault(uri.value);
    if (uri !== undefined && found !== undefined) report({ ...found, at: uri.span });
  },
});
