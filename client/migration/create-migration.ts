import * as vscode from 'vscode';
import type { Domain } from '../../core/domain/domain.ts';
import { readDomain } from '../../core/domain/read.ts';
import type { HostSnapshot, ImageFacts } from '../../core/facts/snapshot.ts';
import { liveXmlUri } from '../../core/facts/view.ts';
import { parseXml } from '../../core/xml/parse.ts';
import type { DomainTarget } from '../commands/targets.ts';
import { isBack, runWizard, skipped } from '../wizard/steps.ts';
import type { Step } from '../wizard/steps.ts';
import { copyable, diskEntries, migrationText } from './migration-text.ts';

/** What the wizard starts from: a domain that the source host showed. */
export interface CreationContext {
  readonly target: DomainTarget;
  readonly source: HostSnapshot;
  /** Names of the other hosts of the inventory. */
  readonly destinations: readonly string[];
}

type Storage = 'shared' | 'copy-all' | 'mixed';

interface Answers {
  readonly destination: string;
  readonly storage: Storage;
  /** Targets that are copied. */
  readonly copied: readonly string[];
  readonly withXml: boolean;
  readonly name: string;
}

/** Asks for what a migration of this domain needs, writes the file (and its XML) and opens it. */
export async function createMigrationByWizard(context: CreationContext): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('Open a folder first: the migration is a file in it.'),
    );
    return;
  }
  const { target } = context;
  const xml = xmlOf(context);
  const domain =
    xml === undefined
      ? undefined
      : readDomain(liveXmlUri(target.host, target.domain), parseXml(xml)).domain;
  if (xml === undefined || domain === undefined) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('{0} does not show the XML of {1}.', target.host, target.domain),
    );
    return;
  }
  const start: Answers = {
    destination: '',
    storage: 'shared',
    copied: [],
    withXml: true,
    name: `${target.domain}.migration.yaml`,
  };
  const answers = await runWizard(vscode.l10n.t('Create Migration of {0}', target.domain), start, [
    askDestination(context),
    askStorage,
    askDisks(domain),
    askXml,
    askName(folder),
  ]);
  if (answers === undefined) return;
  await writeFiles({ context, domain, xml, folder, answers });
}

function xmlOf({ source, target }: CreationContext): string | undefined {
  if (!source.domains.ok) return undefined;
  return source.domains.value.find((each) => each.name === target.domain)?.xml;
}

function askDestination({ destinations, target }: CreationContext): Step<Answers> {
  return async (state, ask) => {
    const elsewhere = destinations.filter((name) => name !== target.host);
    if (elsewhere.length === 0) {
      const typed = await ask.text({
        prompt: vscode.l10n.t('Destination: a host that you will add to the inventory'),
        value: state.destination,
        check: (value) =>
          /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value)
            ? undefined
            : vscode.l10n.t('A name has letters, digits, dots, dashes and underscores.'),
      });
      return isBack(typed) ? typed : { ...state, destination: typed };
    }
    const chosen = await ask.choose(
      vscode.l10n.t('Destination host'),
      elsewhere.map((name) => ({ label: name, icon: 'server', value: name })),
    );
    return isBack(chosen) ? chosen : { ...state, destination: chosen };
  };
}

const askStorage: Step<Answers> = async (state, ask) => {
  const storage = await ask.choose<Storage>(vscode.l10n.t('How does the storage get there?'), [
    {
      label: vscode.l10n.t('Shared'),
      detail: vscode.l10n.t('Every disk is on storage that both hosts reach; nothing is copied.'),
      value: 'shared',
    },
    {
      label: vscode.l10n.t('Copy'),
      detail: vscode.l10n.t('All disks that can be copied are copied to new images.'),
      value: 'copy-all',
    },
    {
      label: vscode.l10n.t('Mixed'),
      detail: vscode.l10n.t('You choose disk by disk what is copied and what is shared.'),
      value: 'mixed',
    },
  ]);
  return isBack(storage) ? storage : { ...state, storage };
};

function askDisks(domain: Domain): Step<Answers> {
  return async (state, ask) => {
    const candidates = domain.disks.filter(copyable);
    if (state.storage !== 'mixed') return skipped;
    const copied = await ask.chooseMany(
      vscode.l10n.t('Disks to copy; the others must be on shared storage'),
      candidates.map((disk) => ({
        label: disk.target.value,
        description: disk.source?.value ?? disk.type.value,
        value: disk.target.value,
        picked: true,
      })),
    );
    return isBack(copied) ? copied : { ...state, copied };
  };
}

const askXml: Step<Answers> = async (state, ask) => {
  const withXml = await ask.choose(vscode.l10n.t('Domain XML'), [
    {
      label: vscode.l10n.t('Save it beside the migration'),
      detail: vscode.l10n.t('Every static check then works with no host at hand.'),
      value: true,
    },
    {
      label: vscode.l10n.t('Do not save it'),
      detail: vscode.l10n.t('Checks that read it wait until the source host is connected.'),
      value: false,
    },
  ]);
  return isBack(withXml) ? withXml : { ...state, withXml };
};

function askName(folder: vscode.Uri): Step<Answers> {
  return async (state, ask) => {
    for (let value = state.name; ;) {
      const name = await ask.text({
        prompt: vscode.l10n.t('File name, in the first folder of the workspace'),
        value,
        check: (typed) =>
          /^[^\\:*?"<>|]+\.migration\.ya?ml$/.test(typed) && !typed.split('/').includes('..')
            ? undefined
            : vscode.l10n.t('The name ends in .migration.yaml.'),
      });
      if (isBack(name)) return name;
      if (!(await exists(vscode.Uri.joinPath(folder, name)))) return { ...state, name };
      void vscode.window.showWarningMessage(
        vscode.l10n.t('{0} exists; choose another name.', name),
      );
      value = name;
    }
  };
}

async function writeFiles(made: {
  readonly context: CreationContext;
  readonly domain: Domain;
  readonly xml: string;
  readonly folder: vscode.Uri;
  readonly answers: Answers;
}): Promise<void> {
  const { context, domain, xml, folder, answers } = made;
  const file = vscode.Uri.joinPath(folder, answers.name);
  const xmlName = answers.name.replace(/^.*\//, '').replace(/\.migration\.ya?ml$/, '.domain.xml');
  const xmlFile = vscode.Uri.joinPath(file, '..', xmlName);
  const encoder = new TextEncoder();
  if (answers.withXml && !(await exists(xmlFile))) {
    await vscode.workspace.fs.writeFile(xmlFile, encoder.encode(xml));
  }
  const text = migrationText({
    domain: context.target.domain,
    source: context.target.host,
    destination: answers.destination,
    domainXml: answers.withXml ? `./${xmlName}` : undefined,
    storage:
      answers.storage === 'shared'
        ? { mode: 'shared' }
        : {
            mode: answers.storage,
            disks: diskEntries(domain, copiedDisks(answers, domain), imagesOf(context.source)),
          },
  });
  await vscode.workspace.fs.writeFile(file, encoder.encode(text));
  await vscode.window.showTextDocument(file);
}

function copiedDisks({ storage, copied }: Answers, domain: Domain): ReadonlySet<string> {
  return new Set(
    storage === 'mixed' ? copied : domain.disks.filter(copyable).map((disk) => disk.target.value),
  );
}

function imagesOf({ images }: HostSnapshot): Readonly<Record<string, ImageFacts | undefined>> {
  return Object.fromEntries(
    Object.entries(images).map(([path, answer]) => [path, answer.ok ? answer.value : undefined]),
  );
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
