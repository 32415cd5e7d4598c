import { say } from '../../messages.ts';
import type { Message } from '../../messages.ts';
import { defineRule } from '../rule.ts';

/** What libvirt refuses in a migration URI whose scheme it knows (`qemuMigrationDstPrepareDirect`). */
function fault(uri: string): Message | undefined {
  const match = /^(tcp|rdma|unix):(?:\/\/)?(.*)$/.exec(uri);
  if (match === null) return undefined;
  const [, scheme = '', rest = ''] = match;
  if (scheme === 'unix') {
    return rest.startsWith('/')
      ? undefined
      : say('“{0}” needs the absolute path of a socket, as in unix:///run/migration.sock.', uri);
  }
  const authority = /^(\[[^\]]*\]|[^:/]*)(?::([^/]*))?(?:\/.*)?$/.exec(rest);
  // More than one colon before the path: an address that the port cannot be told from.
  if (authority === null || authority[2]?.includes(':') === true) {
    return say('“{0}” has no host that can be read; an IPv6 address stands in brackets.', uri);
  }
  const [, host = '', port] = authority;
  if (host === '' || host === '[]') {
    return say(
      '“{0}” names no host; libvirt refuses: “missing host in migration URI: {0}”. Write the address of the destination.',
      uri,
    );
  }
  if (port === undefined || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535))
    return undefined;
  return say('The port in “{0}” is not a number from 1 to 65535.', uri);
}

export default defineRule({
  id: 'uri-scheme',
  severity: 'error',
  summary: say('The migration address is one that libvirt can read.'),
  needs: [],
  since: 'libvirt 1.0',
  check(migration, _facts, report) {
    const uri = migration.model.policy?.migrateUri;
    const message = uri === undefined ? undefined : fault(uri.value);
    if (uri !== undefined && message !== undefined) report({ at: uri.span, message });
  },
});
