/** A libvirt URI (`qemu+ssh://root@kvm02/system`) rather than a host's name. */
export function isUri(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}
