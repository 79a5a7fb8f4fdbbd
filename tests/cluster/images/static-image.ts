import type { ImageSource } from "./image";

/** The image of a static program: the program and nothing else. */
export function staticImage(name: string, binary: string): ImageSource {
  const path = `/${name}`;
  return { name, entries: [{ kind: "copy", path, of: binary }], config: { Entrypoint: [path] } };
}
