/**
 * A program for Node and all that it needs, in one text: nothing of it is looked for in node_modules.
 *
 * @param entryPoint its file
 * @param banner its first line
 */
export function programOf(entryPoint: string, banner?: string): Promise<string>;
