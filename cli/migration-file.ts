import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { say } from '../core/messages.ts';
import type { Workspace } from '../core/service/workspace.ts';
import { preflight } from '../hosts/preflight/preflight.ts';
import type { Preflight } from '../hosts/preflight/preflight.ts';
import type { HostPool } from '../hosts/ssh/pool.ts';
import { diskWorkspace } from '../hosts/workspace/disk-workspace.ts';
import type { CommandContext } from './commands/command.ts';
import { onlyPositional, textOption } from './commands/options.ts';
import type { PrintContext } from './output/problems.ts';
import { UsageError } from './usage-error.ts';

/** The migration file that a command was given, and the files around it. */
export function migrationFile(context: CommandContext): {
  readonly uri: string;
  readonly workspace: Workspace;
} {
  const path = resolve(context.folder, onlyPositional(context.positionals, 'FILE'));
  const uri = pathToFileURL(path).href;
  const workspace = diskWorkspace({
    inventory: textOption(context.values['inventory']),
    now: () => Date.now(),
  });
  if (workspace.read(uri) === undefined) {
    throw new UsageError(
      say('{0} cannot be read: there is no such file, or it is not a file that may be read.', path),
    );
  }
  return { uri, workspace };
}

/** Preflight of the command's file with fresh facts; what it found is printed. */
export async function preflightFile(context: CommandContext, hosts: HostPool): Promise<Preflight> {
  const { uri, workspace } = migrationFile(context);
  const found = await preflight({
    uri,
    workspace,
    hosts: (target) => hosts.session(target, context.signal),
    probeStorage: context.values['probe-storage'] === true,
    now: () => Date.now(),
    signal: context.signal,
  });
  if (found === undefined)
    throw new UsageError(say('{0} is not a migration (kind: Migration).', uri));
  return found;
}

/** What printing the findings of a preflight needs. */
export function migrationReader(found: Preflight, context: CommandContext): PrintContext {
  const { workspace } = migrationFile(context);
  return {
    translate: context.terminal.translate,
    read: (uri) => (uri === found.descriptor.uri ? found.descriptor.text : workspace.read(uri)),
    folder: context.folder,
  };
}
