import type { Message } from '../../core/messages.ts';

/** A row of a tree as a value, before the editor renders it. */
export interface ViewNode<Item> {
  /** Stable over refreshes and reloads: `host/uuid/target`. */
  readonly id: string;
  /** A name is shown as it is; a message in the user's language. */
  readonly label: string | Message;
  readonly description?: string | Message;
  /** Lines; the description, else the label, when absent. */
  readonly tooltip?: readonly (string | Message)[];
  readonly icon: NodeIcon;
  /** Flags that menus match: `domain+running+migratable`. */
  readonly context: string;
  /** Absent for a leaf. */
  readonly children?: 'collapsed' | 'expanded';
  /** What a screen reader says instead of label and description, one after the other. */
  readonly spoken?: readonly (string | Message)[];
  /** Runs when the row is chosen. */
  readonly command?: { readonly id: string; readonly arguments: readonly unknown[] };
  /** What the row stands for: commands get the node and read this. */
  readonly item: Item;
}

export interface NodeIcon {
  /** Name of a codicon. */
  readonly name: string;
  /** Id of a theme colour. */
  readonly color?: string;
}

export const errorIcon: NodeIcon = { name: 'error', color: 'list.errorForeground' };
export const warningIcon: NodeIcon = { name: 'warning', color: 'list.warningForeground' };
export const passedIcon: NodeIcon = { name: 'pass', color: 'testing.iconPassed' };
