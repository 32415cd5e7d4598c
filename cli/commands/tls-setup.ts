import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { say } from '../../core/messages.ts';
import type { InventoryHost } from '../../core/descriptor/model.ts';
import { isCertifiableName, tlsSetupScript } from '../../core/tls/setup-script.ts';
import type { TlsHost } from '../../core/tls/setup-script.ts';
import { exitCode } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import type { CliCommand } from './command.ts';
import { inventoryHosts } from './facts.ts';
import { integerOption, textOption } from './options.ts';

export const tlsSetup: CliCommand = {
  name: 'tls-setup',
  usage: 'HOST HOST… [-o FILE]',
  summary: say('Write a script, to be read and run, that gives hosts certificates for TLS.'),
  options: {
    inventory: { type: 'string' },
    output: { type: 'string', short: 'o' },
    folder: { type: 'string' },
    days: { type: 'string' },
  },
  // eslint-disable-next-line @typescript-eslint/require-await -- every command has one shape
  async run(context) {
    const { positionals, values, folder: here, terminal } = context;
    if (positionals.length < 2) throw new UsageError(say('Name at least two hosts.'));
    const listed = inventoryHosts(context);
    const hosts = positionals.map((name) =>
      tlsHost(name, listed.find((candidate) => candidate.name === name)?.host),
    );
    const folder = textOption(values['folder']) ?? '/etc/pki/qemu';
    if (!/^\/[A-Za-z0-9._/-]+$/.test(folder)) {
      throw new UsageError(say('“{0}” is not an absolute path of plain characters.', folder));
    }
    const days = integerOption('--days', values['days'], 825);
    const script = tlsSetupScript({ hosts, folder, days });
    const output = textOption(values['output']);
    if (output === undefined) {
      terminal.out(script.trimEnd());
    } else {
      writeFileSync(resolve(here, output), script, { flag: 'wx', mode: 0o600 });
      terminal.note(terminal.say(say('{0} is written. Read it, then run: sh {0}', output)));
    }
    return exitCode.ok;
  },
};

/** Everything the inventory calls the host goes into its certificate: peers may use any of it. */
function tlsHost(name: string, host: InventoryHost | undefined): TlsHost {
  const address = host?.address?.value ?? name;
  const names = [name, address, host?.migrationAddress?.value].flatMap((each) => each ?? []);
  const odd = names.find((each) => !isCertifiableName(each));
  if (odd !== undefined) {
    throw new UsageError(say('“{0}” is no name that a certificate could carry.', odd));
  }
  const user = host?.user === undefined ? '' : `${host.user.value}@`;
  const jump = host?.jumpHost?.value;
  return {
    name,
    names,
    ssh: [
      ...(host?.port === undefined ? [] : ['-p', String(host.port.value)]),
      ...(jump === undefined ? [] : ['-J', jump]),
      '--',
      `${user}${address}`,
    ],
  };
}
