/**
 * The extensions of packages: folders that a Mac shows as one file, such as an application or a project. The
 * program has the same list: app/internal/leftout/judge.go.
 */
export const PACKAGES: ReadonlySet<string> = new Set(
  (
    'aaxplugin aplibrary app appex band bundle clap cocatalog component dsym dvdproj fcpbundle framework ' +
    'garageband graffle imovielibrary kext key logicx mdimporter mpkg numbers oo3 pages photoslibrary pkg ' +
    'playground plugin prefpane qlgenerator rtfd saver scriv service sparsebundle theater tvlibrary vst vst3 wdgt ' +
    'workflow xcarchive xcframework xpc'
  ).split(' '),
);

/** Whether a folder of this name is a package. */
export function isPackage(name: string): boolean {
  return PACKAGES.has(/\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '');
}

/** The outermost package that contains a file, such as "Tools/Show.app"; '' for none. */
export function packageOf(path: string): string {
  const folders = path.split('/').slice(0, -1);
  return folders.slice(0, folders.findIndex(isPackage) + 1).join('/');
}
