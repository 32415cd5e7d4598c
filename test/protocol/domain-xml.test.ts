import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Editor, textOf } from './editor.ts';
import { domainXml, files } from './samples.ts';

interface Position {
  readonly line: number;
  readonly character: number;
}

let editor: Editor;
let uri: string;
before(async () => {
  editor = await Editor.start({
    files,
    capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } },
  });
  uri = await editor.open('guest.domain.xml', domainXml, 'libvirt-domain');
});
after(() => editor.stop());

/** The place of a word of the sample, a number of characters into it. */
function at(word: string, characters = 1): Position {
  const before = domainXml.slice(0, domainXml.indexOf(word) + characters).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

describe('domain XML over the protocol', () => {
  it('a misspelt element is told where it stands, and followed while it is mended', async () => {
    const other = await editor.open('broken.domain.xml', domainXml, 'libvirt-domain');
    const isFault = ({ code }: { code?: unknown }): boolean => String(code).startsWith('grammar-');
    const faults = async (count: number): Promise<readonly (readonly [unknown, number])[]> => {
      const all = await editor.diagnosticsOf(
        other,
        (each) => each.filter(isFault).length === count,
      );
      return all.filter(isFault).map(({ code, range }) => [code, range.start.line]);
    };
    await faults(0);
    await editor.replace(other, '<shareable/>', '<shareble/>');
    const line = domainXml.slice(0, domainXml.indexOf('<shareable/>')).split('\n').length - 1;
    assert.deepEqual(await faults(1), [['grammar-element', line]]);
    await editor.replace(other, '<shareble/>', '<shareable/>');
    await faults(0);
    await editor.close(other);
  });
  it('a device that keeps the guest from moving is told at it, as information', async () => {
    const text = domainXml.replace('<emulator>', "<hostdev type='pci'>\n</hostdev><emulator>");
    const other = await editor.open('card.domain.xml', text, 'libvirt-domain');
    const isCard = ({ code }: { code?: unknown }): boolean => code === 'hostdev-pci';
    const [found] = (await editor.diagnosticsOf(other, (all) => all.some(isCard))).filter(isCard);
    assert.equal(found?.severity, 3);
    assert.match(textOf(found), /^The guest holds a device of its host/);
    const line = text.slice(0, text.indexOf('<hostdev')).split('\n').length - 1;
    assert.deepEqual(found.range, {
      start: { line, character: 4 },
      end: { line, character: 24 },
    });
    await editor.replace(other, "type='pci'", "type='net'");
    await editor.diagnosticsOf(other, (all) => !all.some(isCard));
    await editor.close(other);
  });
  it('hover explains a value and links to libvirt’s page', async () => {
    const found = await editor.request<{ contents: { value: string } }>('textDocument/hover', {
      textDocument: { uri },
      position: at("cache='none'", 8),
    });
    assert.match(found.contents.value, /Safe for migration/);
    assert.match(
      found.contents.value,
      /\]\(https:\/\/libvirt\.org\/formatdomain\.html#hard-drives/,
    );
  });
  it('completion offers documented values, and nothing after characters of other languages', async () => {
    const ask = (triggerCharacter?: string): Promise<{ label: string; documentation?: object }[]> =>
      editor.request('textDocument/completion', {
        textDocument: { uri },
        position: at("cache='none'", 7),
        ...(triggerCharacter === undefined
          ? {}
          : { context: { triggerKind: 2, triggerCharacter } }),
      });
    const none = (await ask()).find(({ label }) => label === 'none');
    assert.ok(none?.documentation);
    assert.ok((await ask("'")).length > 0);
    assert.deepEqual(await ask(':'), []);
  });
  it('the tags of an element are edited together and highlighted together', async () => {
    const position = at('<devices', 3);
    const linked = await editor.request<{ ranges: readonly unknown[] }>(
      'textDocument/linkedEditingRange',
      { textDocument: { uri }, position },
    );
    assert.equal(linked.ranges.length, 2);
    const highlighted = await editor.request<readonly { range: unknown }[]>(
      'textDocument/documentHighlight',
      { textDocument: { uri }, position },
    );
    assert.deepEqual(
      highlighted.map(({ range }) => range),
      linked.ranges,
    );
    assert.equal(
      await editor.request('textDocument/linkedEditingRange', {
        textDocument: { uri },
        position: at('1048576'),
      }),
      null,
    );
  });
  it('folds, selects, outlines and formats', async () => {
    const folds = await editor.request<readonly { startLine: number; endLine: number }[]>(
      'textDocument/foldingRange',
      { textDocument: { uri } },
    );
    const last = domainXml.trimEnd().split('\n').length - 1;
    assert.ok(folds.some(({ startLine, endLine }) => startLine === 0 && endLine === last - 1));
    const [selection] = await editor.request<readonly { parent?: object }[]>(
      'textDocument/selectionRange',
      { textDocument: { uri }, positions: [at('1048576')] },
    );
    assert.ok(selection?.parent);
    const [root] = await editor.request<readonly { children: readonly { name: string }[] }[]>(
      'textDocument/documentSymbol',
      { textDocument: { uri } },
    );
    assert.ok(root?.children.some(({ name }) => name === 'devices'));
    const options = { tabSize: 2, insertSpaces: true };
    const flat = await editor.open(
      'flat.domain.xml',
      '<domain><name>a</name></domain>',
      'libvirt-domain',
    );
    const edits = await editor.request<readonly unknown[]>('textDocument/formatting', {
      textDocument: { uri: flat },
      options,
    });
    assert.equal(edits.length, 2);
    await editor.close(flat);
  });
});
