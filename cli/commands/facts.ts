import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FactsSnapshot, HostSnapshot } from '../../core/facts/snapshot.ts';
import { say } from '../../core/messages.ts';
import { createParseCache } from '../../core/service/parse-cache.ts';
import { listedHosts, readInventories } from '../../core/service/surroundings.ts';
import { collectHost } from '../../hosts/preflight/collect-for-migration.ts';
import { targetFor } from '../../hosts/preflight/targets.ts';
import { diskWorkspace } from '../../hosts/workspace/disk-workspace.ts';
import { hostOptions, withHosts } from '../connections.ts';
import { exitCode } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import type { CliCommand, CommandContext } from './command.ts';
import { textOption } from './options.ts';

export const facts: CliCommand = {
  name: 'facts',
  usage: 'HOST… -o FILE',
  summary: say('Ask hosts for their facts and write them as a snapshot for check --facts.'),
  options: {
    ...hostOptions,
    output: { type: 'string', short: 'o' },
    path: { type: 'string', multiple: true },
  },
  run: (context) =>
    withHosts(context, async (hosts) => {
      const { terminal, positionals, values, folder, signal } = context;
      if (positionals.length === 0) throw new UsageError(say('Name at least one host.'));
      const listed = inventoryHosts(context);
      const paths = Array.isArray(values['path']) ? values['path'].map(String) : [];
      const asked = await Promise.all(
        positionals.map((name) =>
          collectHost({
            named: name,
            target: targetFor(name, listed) ?? { name },
            paths,
            hosts: (target) => hosts.session(target, signal),
            now: () => Date.now(),
            signal,
          }),
        ),
      );
      const snapshot: FactsSnapshot = {
        format: 'livemigrate-facts/1',
        hosts: Object.fromEntries(asked.map((host) => [host.name, host])),
      };
      const text = `${JSON.stringify(snapshot, null, 2)}\n`;
      const output = textOption(values['output']);
      if (output === undefined) terminal.out(text.trimEnd());
      else writeFileSync(resolve(folder, output), text);
      asked.forEach((host) => {
        terminal.note(summaryOf(host, context));
      });
      return asked.some((host) => host.unreachable !== undefined) ? exitCode.failed : exitCode.ok;
    }),
};

/** Hosts of the inventories in the current folder and above, and of `--inventory`. */
export function inventoryHosts({ folder, values }: CommandContext) {
  const workspace = diskWorkspace({
    inventory: textOption(values['inventory']),
    now: () => Date.now(),
  });
  const here = pathToFileURL(resolve(folder, 'x.migration.yaml')).href;
  return listedHosts(readInventories(here, workspace, createParseCache()));
}

function summaryOf(host: HostSnapshot, { terminal }: CommandContext): string {
  if (host.unreachable !== undefined)
    return terminal.say(say('{0}: {1}', host.name, host.unreachable));
  const versions = host.versions.ok
    ? `libvirt ${host.versions.value.libvirt}, QEMU ${host.versions.value.qemu}`
    : host.versions.why;
  const domains = host.domains.ok ? host.domains.value.length : 0;
  return terminal.say(say('{0}: {1}, {2} domains', host.name, versions, domains));
}
