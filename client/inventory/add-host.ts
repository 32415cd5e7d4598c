import * as vscode from 'vscode';
import { isBack, runWizard } from '../wizard/steps.ts';
import type { Step } from '../wizard/steps.ts';
import { addHost, newInventory } from './inventory-text.ts';
import type { NewHost } from './inventory-text.ts';
import type { Inventories } from './listed-inventories.ts';

interface Answers extends NewHost {
  /** URI of the inventory to extend; undefined makes a new one. */
  readonly file: string | undefined;
}

/** Asks for a host and writes it to an inventory file, which is then shown. */
export async function addHostByWizard(inventories: Inventories): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (inventories.files.length === 0 && folder === undefined) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('Open a folder first: the inventory is a file in it.'),
    );
    return;
  }
  const steps = [
    ...(inventories.files.length > 1 ? [chooseFile(inventories)] : []),
    askName(inventories),
    askAddress,
    askUser,
    askMigrationAddress,
  ];
  const start: Answers = { file: inventories.files[0]?.uri, name: '' };
  const answers = await runWizard(vscode.l10n.t('Add Host'), start, steps);
  if (answers === undefined) return;
  const { file, ...host } = answers;
  const known = inventories.files.find((each) => each.uri === file);
  if (known === undefined) {
    if (folder !== undefined) await createInventory(folder.uri, host);
  } else {
    await extendInventory(known.uri, host);
  }
}

function chooseFile({ files }: Inventories): Step<Answers> {
  return async (state, ask) => {
    const choices = files.map((file) => ({
      label: vscode.workspace.asRelativePath(vscode.Uri.parse(file.uri)),
      value: file.uri,
    }));
    const file = await ask.choose(vscode.l10n.t('Inventory that the host is added to'), choices);
    return isBack(file) ? file : { ...state, file };
  };
}

function askName({ hosts }: Inventories): Step<Answers> {
  return async (state, ask) => {
    const name = await ask.text({
      prompt: vscode.l10n.t('Name that migration files use for this host'),
      placeholder: 'kvm01',
      value: state.name,
      check(value) {
        if (value === '') return vscode.l10n.t('A host needs a name.');
        if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value)) {
          return vscode.l10n.t('A name has letters, digits, dots, dashes and underscores.');
        }
        return hosts.some((host) => host.name === value)
          ? vscode.l10n.t('The inventory already lists {0}.', value)
          : undefined;
      },
    });
    return isBack(name) ? name : { ...state, name };
  };
}

const askAddress: Step<Answers> = async (state, ask) => {
  const address = await ask.text({
    prompt: vscode.l10n.t(
      'Name or address for ssh, or a Host of your ssh configuration; empty for the name itself',
    ),
    placeholder: state.name,
    value: state.address ?? '',
    check: (value) =>
      /^[^\s-]\S*$|^$/.test(value)
        ? undefined
        : vscode.l10n.t('An address has no spaces and does not begin with a dash.'),
  });
  return isBack(address) ? address : { ...state, address };
};

const askUser: Step<Answers> = async (state, ask) => {
  const user = await ask.text({
    prompt: vscode.l10n.t(
      'ssh user, who may manage libvirt’s system instance; empty for what the ssh configuration says',
    ),
    placeholder: 'root',
    value: state.user ?? '',
    check: (value) =>
      /^[A-Za-z_][A-Za-z0-9_.@$-]*$|^$/.test(value)
        ? undefined
        : vscode.l10n.t('This is not a user name.'),
  });
  return isBack(user) ? user : { ...state, user };
};

const askMigrationAddress: Step<Answers> = async (state, ask) => {
  const migrationAddress = await ask.text({
    prompt: vscode.l10n.t(
      'Address on the migration network, as other hosts see it; empty to use the host’s own name',
    ),
    placeholder: '10.9.0.2',
    value: state.migrationAddress ?? '',
    check: (value) =>
      /^[^\s-]\S*$|^$/.test(value)
        ? undefined
        : vscode.l10n.t('An address has no spaces and does not begin with a dash.'),
  });
  return isBack(migrationAddress) ? migrationAddress : { ...state, migrationAddress };
};

async function createInventory(folder: vscode.Uri, host: NewHost): Promise<void> {
  const uri = await unusedName(folder, 'hosts');
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(newInventory(host)));
  await vscode.window.showTextDocument(uri);
}

/** `hosts.migration.yaml`, or with a number when that exists: no file is ever overwritten. */
async function unusedName(folder: vscode.Uri, stem: string): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? stem : `${stem}-${String(number)}`;
    const uri = vscode.Uri.joinPath(folder, `${name}.migration.yaml`);
    const exists = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (!exists) return uri;
  }
}

async function extendInventory(uri: string, host: NewHost): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  const insertion = addHost(document.getText(), host);
  const editor = await vscode.window.showTextDocument(document);
  if (insertion === undefined) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('The inventory has mistakes; mend them first, then add the host.'),
    );
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  const at = document.positionAt(insertion.offset);
  edit.insert(document.uri, at, insertion.text);
  await vscode.workspace.applyEdit(edit);
  await document.save();
  const end = document.positionAt(insertion.offset + insertion.text.length);
  editor.revealRange(new vscode.Range(at, end));
}
