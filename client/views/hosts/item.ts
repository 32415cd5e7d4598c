/** What a row of the Hosts tree stands for; commands receive the node and read this. */
export type HostsItem =
  | { readonly kind: 'host'; readonly host: string; readonly inventory: string }
  | {
      readonly kind: 'domain';
      readonly host: string;
      readonly domain: string;
      readonly uuid: string;
    }
  | { readonly kind: 'disk'; readonly host: string; readonly domain: string }
  | { readonly kind: 'interface'; readonly host: string; readonly domain: string }
  | { readonly kind: 'note' };
