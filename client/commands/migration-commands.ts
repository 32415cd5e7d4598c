import type { DomainTarget } from './targets.ts';
import { show } from '../text.ts';
import { createMigrationByWizard } from '../migration/create-migration.ts';
import { launchMigration } from '../migration/launch.ts';
import { preflightWithProgress } from '../migration/preflight-command.ts';
import { previewPlan } from '../migration/preview-command.ts';
import type { CommandWorld, Commands } from './register.ts';
import { showProblem } from './show-problem.ts';
import { chooseDomain, domainTarget, hostName, migrationFile } from './targets.ts';
import type { Span } from '../../core/text/span.ts';

/** Commands about migrations, before they run. */
export function migrationCommands(world: CommandWorld): Commands {
  const { preflightView } = world;
  const tools = { ...world, view: preflightView };
  /** The buttons of the Preflight view are about what it shows, whatever editor is active. */
  const shown = (): string | undefined => preflightView.result?.uri;
  const preflight = async (argument: unknown): Promise<void> => {
    const file = await migrationFile(argument);
    if (file === undefined) return;
    const outcome = await preflightWithProgress(file, 'editor', tools);
    if (outcome !== undefined) await preflightView.reveal();
  };
  const preview = async (argument: unknown): Promise<void> => {
    const file = await migrationFile(argument);
    if (file !== undefined) await previewPlan(file, tools);
  };
  const launch = async (argument: unknown): Promise<void> => {
    const file = await migrationFile(argument);
    if (file !== undefined) await launchMigration(file, tools);
  };
  return {
    'migration.create': (argument) => createMigration(argument, world),
    'migration.preflight': preflight,
    'migration.preview': preview,
    'migration.launch': launch,
    'preflight.repeat': () => preflight(shown()),
    'preflight.preview': () => preview(shown()),
    'preflight.launch': () => launch(shown()),
    'problem.show': (uri, span, path) =>
      showProblem(uri as string, span as Span | undefined, path as readonly string[] | undefined),
  };
}

async function createMigration(argument: unknown, world: CommandWorld): Promise<void> {
  const { inventories, connections, states } = world;
  const sources = { inventories, states, ask: (host: string) => connections.ask(host) };
  const target = await sourceOf(argument, sources);
  if (target === undefined) return;
  await connections.ask(target.host);
  const state = states.of(target.host);
  const { hosts } = await inventories.read();
  if (state.kind === 'failed') throw new Error(show(state.failure.cause));
  if (state.kind !== 'answered') return;
  await createMigrationByWizard({
    target,
    source: state.snapshot,
    destinations: hosts.map(({ name }) => name),
  });
}

/** The domain of a node; else the user chooses host and domain, whatever file is open. */
async function sourceOf(
  argument: unknown,
  sources: Parameters<typeof chooseDomain>[1],
): Promise<DomainTarget | undefined> {
  if (argument !== undefined) return domainTarget(argument, sources);
  const host = await hostName(undefined, sources.inventories);
  return host === undefined ? undefined : chooseDomain(host, sources);
}
