/**
 * The upstream version inside a Debian version: without epoch (`1:`), Debian revision (`-2+b1`) and
 * repackaging marks (`+dfsg`, `+ds1`, `~deb12u1`, `+b1` of a native package); after `+really` comes
 * the version that is really in the package (deb-version(7), Debian policy 5.6.12).
 */
export function upstreamVersion(debianVersion: string): string {
  const withoutEpoch = debianVersion.replace(/^\d+:/, "");
  const withoutRevision = withoutEpoch.replace(/-[^-]*$/, "");
  return withoutRevision
    .replace(/^.*\+really/, "")
    .replace(/[+~.](?:dfsg|ds|repack)[\d.]*$/, "")
    .replace(/\+b\d+$/, "")
    .replace(/~deb\d+u\d+$/, "");
}
