/** Reads `virsh list --uuid --name`: a UUID of 36 characters, a blank, the name padded with blanks. */
export function parseDomainList(
  text: string,
): readonly { readonly uuid: string; readonly name: string }[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) (.*?) *$/.exec(line);
    const [, uuid, name] = match ?? [];
    return uuid === undefined || name === undefined ? [] : [{ uuid, name }];
  });
}
