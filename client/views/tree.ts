import * as vscode from 'vscode';
import type { Message } from '../../core/messages.ts';
import { show } from '../text.ts';
import type { ViewNode } from './node.ts';

/** Where the rows of a tree come from. */
export interface TreeSource<Item> {
  roots(): Promise<readonly ViewNode<Item>[]> | readonly ViewNode<Item>[];
  children(node: ViewNode<Item>): Promise<readonly ViewNode<Item>[]> | readonly ViewNode<Item>[];
}

/** Shows nodes that are plain values in one of the editor's trees. */
export class Tree<Item> implements vscode.TreeDataProvider<ViewNode<Item>>, vscode.Disposable {
  readonly onDidChangeTreeData: vscode.Event<ViewNode<Item> | undefined>;
  readonly view: vscode.TreeView<ViewNode<Item>>;
  private readonly changes = new vscode.EventEmitter<ViewNode<Item> | undefined>();
  private readonly parents = new Map<string, ViewNode<Item>>();
  private readonly source: TreeSource<Item>;
  private pending: NodeJS.Timeout | undefined;
  /** Rows that are being asked for; a tree that changes under them loses their answers. */
  private loading = 0;
  private stale = false;

  constructor(viewId: string, source: TreeSource<Item>) {
    this.source = source;
    this.onDidChangeTreeData = this.changes.event;
    this.view = vscode.window.createTreeView(viewId, {
      treeDataProvider: this,
      showCollapseAll: viewId === 'liveMigrate.hosts',
    });
  }

  /** Shows everything anew; many calls at once become one. */
  refresh(): void {
    this.stale = true;
    if (this.pending !== undefined || this.loading > 0) return;
    this.pending = setTimeout(() => {
      this.pending = undefined;
      if (this.loading > 0) return;
      this.stale = false;
      this.changes.fire(undefined);
    }, 50);
  }

  getTreeItem(node: ViewNode<Item>): vscode.TreeItem {
    const item = new vscode.TreeItem(text(node.label), collapsible(node));
    item.id = node.id;
    item.contextValue = node.context;
    item.iconPath = new vscode.ThemeIcon(
      node.icon.name,
      node.icon.color === undefined ? undefined : new vscode.ThemeColor(node.icon.color),
    );
    if (node.description !== undefined) item.description = text(node.description);
    const tooltip = node.tooltip ?? [node.description ?? node.label];
    item.tooltip = tooltip.map(text).join('\n');
    if (node.spoken !== undefined) {
      item.accessibilityInformation = { label: node.spoken.map(text).join(', ') };
    }
    if (node.command !== undefined) {
      item.command = {
        command: node.command.id,
        title: text(node.label),
        arguments: [...node.command.arguments],
      };
    }
    return item;
  }

  async getChildren(node?: ViewNode<Item>): Promise<ViewNode<Item>[]> {
    const found = await this.load(node);
    for (const child of found) {
      if (node === undefined) this.parents.delete(child.id);
      else this.parents.set(child.id, node);
    }
    return [...found];
  }

  private async load(node: ViewNode<Item> | undefined): Promise<readonly ViewNode<Item>[]> {
    this.loading++;
    try {
      return await (node === undefined ? this.source.roots() : this.source.children(node));
    } finally {
      this.loading--;
      if (this.loading === 0 && this.stale) this.refresh();
    }
  }

  getParent(node: ViewNode<Item>): ViewNode<Item> | undefined {
    return this.parents.get(node.id);
  }

  dispose(): void {
    clearTimeout(this.pending);
    this.view.dispose();
    this.changes.dispose();
  }
}

function text(value: string | Message): string {
  return typeof value === 'string' ? value : show(value);
}

function collapsible({ children }: ViewNode<unknown>): vscode.TreeItemCollapsibleState {
  if (children === undefined) return vscode.TreeItemCollapsibleState.None;
  return children === 'expanded'
    ? vscode.TreeItemCollapsibleState.Expanded
    : vscode.TreeItemCollapsibleState.Collapsed;
}
